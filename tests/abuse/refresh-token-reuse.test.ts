// The attacker has stolen a refresh token from a backup of a browser profile. Whoever of thief and owner uses it second gives the
// theft away: the whole session ends, for both. A token cannot be exchanged twice, not even by two requests at the same moment,
// and a token that was never issued tells nothing about the session whose id it carries.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTwoClinics } from '../../apps/server/test-harness/index.ts';
import { emailOf, type SignedIn, signIn } from '../e2e/world/people.ts';
import { Wire } from '../e2e/world/wire.ts';

let server: Awaited<ReturnType<typeof startTwoClinics>>;
let wire: Wire;
beforeAll(async () => {
  server = await startTwoClinics();
  wire = new Wire(server.running);
});
afterAll(async () => {
  wire.close();
  await server.stop();
});

const exchange = (refreshToken: string) =>
  wire.send({ method: 'POST', path: '/api/v1/auth/refresh', headers: [], body: { refreshToken } });
const statusOf = async (person: Pick<SignedIn, 'header'>) =>
  (await wire.send({ method: 'GET', path: '/api/v1/users/me', headers: [person.header] })).status;

it('a refresh token that is used again ends the session of everybody who holds a part of it', async () => {
  const owner = await signIn(wire, emailOf('NURSE', 'north'));
  const stolen = await exchange(owner.refreshToken);
  expect(stolen.status).toBe(200);
  expect(await statusOf(owner)).toBe(200);
  expect(await exchange(owner.refreshToken)).toMatchObject({
    status: 401,
    body: { code: 'authentication-refresh-refused' },
  });
  expect(await statusOf(owner)).toBe(401);
  const thief = { header: ['authorization', `Bearer ${String(stolen.body.accessToken)}`] as const };
  expect(await statusOf(thief)).toBe(401);
  expect((await exchange(String(stolen.body.refreshToken))).status).toBe(401);
});

it('of twenty exchanges of one token at once, one at most succeeds, and nothing of the session remains', async () => {
  const owner = await signIn(wire, emailOf('NURSE', 'north'));
  const answers = await Promise.all(Array.from({ length: 20 }, () => exchange(owner.refreshToken)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(await statusOf(owner)).toBe(401);
});

it('all refusals look the same', async () => {
  const owner = await signIn(wire, emailOf('NURSE', 'north'));
  const [sessionId = ''] = owner.refreshToken.split('.');
  const guesses = [
    'nonsense',
    `${owner.refreshToken}.x`,
    owner.refreshToken.toUpperCase(),
    `00000000-0000-7000-8000-000000000000.${'A'.repeat(43)}`,
    `${sessionId}.${'A'.repeat(43)}`,
  ];
  const seen = new Set<string>();
  for (const guess of guesses) {
    const { status, text, headers } = await exchange(guess);
    seen.add(`${status} ${text.replaceAll(String(headers['x-request-id']), '')}`);
  }
  expect(seen.size).toBe(1);
});
