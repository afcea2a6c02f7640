// The attacker wants memory, time or the stack: bodies too long, with and without a declared length, objects nested a hundred
// thousand deep, millions of keys, arrays and strings past every bound, compressed bombs. Each is refused with its own code, fast,
// and the next honest request is served.
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openWorld, type World } from '../e2e/world/open-world.ts';
import { emailOf, type SignedIn, signIn } from '../e2e/world/people.ts';

let world: World;
let desk: SignedIn;
beforeAll(async () => {
  world = await openWorld();
  desk = await signIn(world.wire, emailOf('RECEPTIONIST', 'north'));
});
afterAll(() => world.close());
afterEach(async () => {
  expect((await world.world.north.staff.DOCTOR.get('/api/v1/users/me')).status).toBe(200);
});

const PATIENT = { name: { text: 'Somebody' }, birthDate: '1990-01-01' };
const nested = (open: string, close: string, depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;
const register = (body: unknown, headers: [string, string][] = []) =>
  world.wire.send({
    method: 'POST',
    path: '/api/v1/patients',
    headers: [desk.header, ['x-purpose-of-use', 'HOPERAT'], ...headers],
    body,
  });

describe('a body', () => {
  it.each<readonly [string, number, string, () => unknown]>([
    ['of a megabyte', 413, 'request-body-too-large', () => Buffer.alloc(1_000_000, ' ')],
    ['one byte past the limit', 413, 'request-body-too-large', () => Buffer.alloc(262_145, ' ')],
    ['of arrays, 100,000 deep', 400, 'request-invalid', () => nested('[', ']', 100_000)],
    ['of objects, 40,000 deep', 400, 'request-invalid', () => nested('{"a":', '}', 40_000)],
    [
      'deep inside a field',
      400,
      'request-invalid',
      () => `{"name":${nested('{"a":', '}', 40_000)},"birthDate":"1990-01-01"}`,
    ],
    [
      'of 10,000 unknown keys',
      400,
      'request-invalid',
      () => Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`k${n}`, n])),
    ],
    [
      'with a name of 200,000 characters',
      400,
      'request-invalid',
      () => ({ ...PATIENT, name: { text: 'a'.repeat(200_000) } }),
    ],
    [
      'with 10,000 other names',
      400,
      'request-invalid',
      () => ({ ...PATIENT, otherNames: Array(10_000).fill({ text: 'x' }) }),
    ],
    [
      'with 200,000 combining marks',
      400,
      'request-invalid',
      () => ({ ...PATIENT, name: { text: `a${'\u0301'.repeat(100_000)}` } }),
    ],
    ['that ends too early', 400, 'request-json-malformed', () => '{"name":'],
    ['that says __proto__', 400, 'request-json-malformed', () => '{"__proto__":{"admin":true}}'],
    [
      'that says constructor.prototype',
      400,
      'request-json-malformed',
      () => '{"constructor":{"prototype":{}}}',
    ],
    ['of a number that is no number', 400, 'request-json-malformed', () => '{"name":NaN}'],
    ['with two byte order marks', 400, 'request-json-malformed', () => '\uFEFF\uFEFF{}'],
  ])('%s is refused: %i %s', async (_name, status, code, body) => {
    const startedAt = performance.now();
    const answer = await register(body());
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.text.length).toBeLessThan(20_000);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('that is compressed is refused unread', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
    const answer = await register(bomb, [
      ['content-encoding', 'gzip'],
      ['content-type', 'application/json'],
    ]);
    expect([answer.status, answer.body.code]).toEqual([415, 'edge-body-encoded']);
  });

  it('without a declared length is counted while it arrives', async () => {
    const chunks = Array.from({ length: 40 }, () => Buffer.alloc(16_384, ' '));
    const answer = await world.wire.send({
      method: 'POST',
      path: '/api/v1/patients',
      headers: [desk.header],
      chunks,
    });
    expect([answer.status, answer.body.code]).toEqual([413, 'request-body-too-large']);
  });

  it('on a route without one is refused', async () => {
    const answer = await world.wire.send({
      method: 'GET',
      path: '/api/v1/users/me',
      headers: [desk.header],
      body: {},
    });
    expect([answer.status, answer.body.code]).toEqual([400, 'edge-body-unexpected']);
  });
});
