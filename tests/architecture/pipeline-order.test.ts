// The order in which a request meets the defences, pinned, and shown by what the running application answers.
//
// A request that breaks two rules at once is answered by the stage that comes first. Each pair below would be answered the other
// way round if its two stages changed places, so swapping two lines of the table turns this file red.

import type { ClinicRole } from '@careward/access-policy';
import type { FastifyRequest } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Platform } from '../../apps/server/src/platform/index.ts';
import { startTestServer, startTwoClinics } from '../../apps/server/test-harness/index.ts';
import { emailOf, signIn } from '../e2e/world/people.ts';
import { Wire, type WireRequest } from '../e2e/world/wire.ts';

const BIG = Buffer.alloc(300_000, ' ');
const ABSENT = '01980000-0000-7000-8000-000000000000';

let wire: Wire;
const tokens = new Map<ClinicRole, readonly [string, string]>();

describe('the earlier of two refusals answers', () => {
  let server: Awaited<ReturnType<typeof startTwoClinics>>;
  beforeAll(async () => {
    server = await startTwoClinics();
    wire = new Wire(server.running);
    for (const role of ['NURSE', 'RECEPTIONIST'] as const) {
      tokens.set(role, (await signIn(wire, emailOf(role, 'north'))).header);
    }
  });
  afterAll(async () => {
    wire.close();
    await server.stop();
  });

  it.each<
    readonly [earlier: string, later: string, status: number, code: string, () => Partial<WireRequest>]
  >([
    [
      'url',
      'origin',
      400,
      'edge-url-unsafe',
      () => ({ path: '/api/v1/patients?__proto__=1', headers: foreignOrigin() }),
    ],
    ['origin', 'body-limit', 403, 'edge-origin-refused', () => ({ headers: foreignOrigin(), body: BIG })],
    [
      'body-limit',
      'authentication',
      413,
      'request-body-too-large',
      () => ({ headers: badToken(), body: BIG }),
    ],
    [
      'body-limit',
      'authentication',
      415,
      'request-media-type-unsupported',
      () => ({ headers: [...badToken(), ['content-type', 'text/xml']], body: '<a/>' }),
    ],
    [
      'authentication',
      'tenancy',
      401,
      'authentication-token-invalid',
      () => ({ headers: [...badToken(), ['x-clinic-id', ABSENT]] }),
    ],
    [
      'authentication',
      'validation',
      401,
      'authentication-token-invalid',
      () => ({ headers: badToken(), body: {} }),
    ],
    [
      'tenancy',
      'authorization',
      404,
      'clinic-not-found',
      () => ({ headers: [...as('NURSE'), ['x-clinic-id', ABSENT]] }),
    ],
    [
      'tenancy',
      'validation',
      404,
      'clinic-not-found',
      () => ({ headers: [...as('RECEPTIONIST'), ['x-clinic-id', ABSENT]], body: {} }),
    ],
    ['authorization', 'validation', 403, 'authorization-refused', () => ({ headers: as('NURSE'), body: {} })],
    [
      'authorization (purpose)',
      'validation',
      400,
      'purpose-of-use-required',
      () => ({ headers: as('RECEPTIONIST'), body: {} }),
    ],
    [
      'validation',
      'the room',
      400,
      'request-invalid',
      () => ({ headers: [...as('RECEPTIONIST'), ['x-purpose-of-use', 'HOPERAT']], body: {} }),
    ],
  ])('%s before %s: %i %s', async (_earlier, _later, status, code, override) => {
    const answer = await wire.send({
      method: 'POST',
      path: '/api/v1/patients',
      headers: [],
      body: {},
      ...override(),
    });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers['x-request-id']).toBe(String(answer.body.instance).replace('urn:uuid:', ''));
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });

  it('gate before origin, body-limit and authentication: 429', async () => {
    const limited = { CAREWARD_ADDRESS_REQUESTS_PER_MINUTE: '1', CAREWARD_ADDRESS_BURST: '1' };
    await withServer(limited, async (send) => {
      expect((await send({ headers: badToken() })).status).toBe(401);
      for (const body of [BIG, {}]) {
        expect(await send({ headers: badToken(), body })).toMatchObject({
          status: 429,
          body: { code: 'edge-rate-limited' },
        });
      }
      expect(await send({ headers: foreignOrigin() })).toMatchObject({ status: 429 });
      expect(await send({ path: '/api/v1/%00' })).toMatchObject({
        status: 400,
        body: { code: 'edge-url-unsafe' },
      });
    });
  });

  it('admission before everything that can refuse: 503, while health answers', async () => {
    await withServer({ CAREWARD_MAX_CONCURRENT_REQUESTS: '2' }, async (send, { admission }) => {
      // Two requests that are never answered: only their identity is looked at.
      for (const request of [{}, {}]) admission.enter(request as FastifyRequest);
      for (const path of ['/api/v1/patients', '/api/v1/%00', '/nothing']) {
        expect(await send({ path, body: BIG })).toMatchObject({
          status: 503,
          body: { code: 'edge-overloaded' },
        });
      }
      expect(await send({ method: 'GET', path: '/health/live', body: undefined })).toMatchObject({
        status: 200,
      });
    });
  });
});

type Send = (request: Partial<WireRequest>) => ReturnType<Wire['send']>;

async function withServer(
  overrides: Record<string, string>,
  work: (send: Send, platform: Platform) => Promise<void>,
): Promise<void> {
  const { running, stop } = await startTestServer(overrides);
  const own = new Wire(running);
  const send: Send = (request) =>
    own.send({ method: 'POST', path: '/api/v1/patients', headers: [], body: {}, ...request });
  await work(send, running.platform);
  own.close();
  await stop();
}

type Headers = WireRequest['headers'];

function badToken(): Headers {
  return [['authorization', 'Bearer forged.token.here']];
}

function foreignOrigin(): Headers {
  return [['origin', 'https://elsewhere.example.org']];
}

function as(role: ClinicRole): Headers {
  return [tokens.get(role) ?? ['authorization', '']];
}
