// The attacker collects error answers to learn what stands behind them: library texts, stack traces, versions, paths. Every refusal
// of every kind is problem+json (RFC 9457) with a code that has its page, the security headers, and nothing else.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '@careward/api-schema';
import { errorTable } from '@careward/kernel';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openWorld, type World } from '../e2e/world/open-world.ts';
import { emailOf, type SignedIn, signIn } from '../e2e/world/people.ts';
import type { WireRequest } from '../e2e/world/wire.ts';

let world: World;
let doctor: SignedIn;
let desk: SignedIn;
beforeAll(async () => {
  world = await openWorld();
  doctor = await signIn(world.wire, emailOf('DOCTOR', 'north'));
  desk = await signIn(world.wire, emailOf('RECEPTIONIST', 'north'));
});
afterAll(() => world.close());

const record = () => `/api/v1/medical-records/${world.world.north.recordIds[0]}`;
const correction = { diagnosis: 'x', treatment: 'y', reason: 'z' };
const asDesk = (key = 'k'): WireRequest['headers'] => [
  desk.header,
  ['x-purpose-of-use', 'HOPERAT'],
  ['idempotency-key', key],
];

const CLASSES: Readonly<Record<string, readonly [number, () => Partial<WireRequest>]>> = {
  'invalid-input': [400, () => ({ method: 'POST', path: '/api/v1/auth/sign-in', body: {} })],
  unauthenticated: [401, () => ({ headers: [] })],
  forbidden: [403, () => ({ path: '/api/v1/clinics' })],
  'not-found': [404, () => ({ path: '/api/v1/medical-records/00000000-0000-7000-8000-000000000000' })],
  'no route': [404, () => ({ path: '/api/v1/nothing/here' })],
  'no method': [404, () => ({ method: 'DELETE', path: record() })],
  'precondition-failed': [
    412,
    () => ({
      method: 'PUT',
      path: record(),
      headers: [doctor.header, ['if-match', '"77"']],
      body: correction,
    }),
  ],
  'too-large': [
    413,
    () => ({ method: 'POST', path: '/api/v1/patients', headers: asDesk(), body: Buffer.alloc(300_000, ' ') }),
  ],
  'too long': [414, () => ({ path: `/api/v1/users/me?x=${'a'.repeat(5_000)}` })],
  'unsupported-media': [
    415,
    () => ({
      method: 'POST',
      path: '/api/v1/patients',
      headers: [...asDesk(), ['content-type', 'text/plain']],
      body: 'x',
    }),
  ],
  unprocessable: [
    422,
    () => ({
      method: 'POST',
      path: '/api/v1/patients',
      headers: asDesk('used'),
      body: { name: { text: 'B' }, birthDate: '1990-01-01' },
    }),
  ],
  'precondition-required': [428, () => ({ method: 'PUT', path: record(), body: correction })],
  internal: [500, () => ({ path: '/api/v1/users?limit=1', headers: [desk.header] })],
  unavailable: [503, () => ({ path: '/api/v1/practitioners' })],
};

describe('a refusal', () => {
  it.each(Object.entries(CLASSES))(
    'of class %s is a problem and nothing else',
    async (name, [status, request]) => {
      await prepare(name);
      const answer = await world.wire.send({
        method: 'GET',
        path: '/api/v1/users/me',
        headers: [doctor.header],
        ...request(),
      });
      vi.restoreAllMocks();
      expect([answer.status, answer.text]).toEqual([status, answer.text]);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      const problem = Problem.parse(answer.body);
      expect(problem).toMatchObject({ status, type: `/docs/errors/${problem.code}` });
      expect(problem.instance).toBe(`urn:uuid:${String(answer.headers['x-request-id'])}`);
      expect(existsSync(join(import.meta.dirname, `../../docs/errors/${problem.code}.md`))).toBe(true);
      expect(answer.text).not.toMatch(/node_modules|\.ts|\bat \S+:\d+|fastify|nest|postgres|secret cause/i);
      const allowed = [
        'type',
        'title',
        'status',
        'code',
        'detail',
        'instance',
        'faults',
        'retryAfterSeconds',
      ];
      expect(Object.keys(answer.body).filter((key) => !allowed.includes(key))).toEqual([]);
      expect(answer.headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'strict-transport-security': expect.stringContaining('max-age='),
      });
      for (const header of ['server', 'x-powered-by', 'etag']) expect(answer.headers[header]).toBeUndefined();
    },
  );
});

const { error } = errorTable({
  'session-store-unavailable': { category: 'unavailable', publicMessage: 'Try again.' },
});
const storeDown = () => error('session-store-unavailable', { detail: 'secret cause' });

/** What has to be so beforehand. */
async function prepare(name: string): Promise<void> {
  const { isolation, stores } = world.running.platform;
  if (name === 'unprocessable') {
    const body = { name: { text: 'A' }, birthDate: '1990-01-01' };
    await world.wire.send({ method: 'POST', path: '/api/v1/patients', headers: asDesk('used'), body });
  }
  const broken = () => {
    throw new Error('secret cause');
  };
  if (name === 'internal') vi.spyOn(isolation, 'requireClinic').mockImplementationOnce(broken);
  if (name === 'unavailable') vi.spyOn(stores.identity, 'gate').mockRejectedValueOnce(storeDown());
}
