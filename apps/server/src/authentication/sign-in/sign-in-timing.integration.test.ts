import { hash as bcrypt } from '@node-rs/bcrypt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientFrom, openSignInWorld, type SignInWorld } from '../../../test-harness/sign-in-world.ts';

let world: SignInWorld;
beforeAll(async () => {
  world = await openSignInWorld({ CAREWARD_SIGN_IN_FAILURES_PER_ACCOUNT: '1000000' });
});
afterAll(() => world.close());

const ROUNDS = 25;

/** The shortest of many refusals of each, taken in turns: what else the machine does makes a refusal longer and never shorter. */
async function shortest(attempts: Readonly<Record<string, { email: string; password: string }>>) {
  const times = new Map(Object.keys(attempts).map((name) => [name, Infinity]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, request] of Object.entries(attempts)) {
      const startedAt = performance.now();
      const refused = await world.platform.passwordSignIn
        .signIn(clientFrom(), request)
        .catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'authentication-failed' });
      times.set(name, Math.min(times.get(name) ?? Infinity, performance.now() - startedAt));
    }
  }
  return [...times.values()];
}

it('a refusal takes the same time whatever is wrong', async () => {
  const [known, closed, without] = [
    await world.person(),
    await world.person({ status: 'disabled' }),
    await world.person({ passwordHash: null }),
  ];
  const times = await shortest({
    'no account': { email: 'nobody@example.org', password: 'wrong' },
    'wrong password': { ...known, password: 'wrong' },
    'closed account': closed,
    'account without a password': without,
  });
  // Without the hash they differ by an order of magnitude.
  expect(Math.max(...times) / Math.min(...times)).toBeLessThan(2);
});

it('a refusal takes the same time where every account has a hash of an older system', async () => {
  const identity = world.platform.database.forIdentity({
    ...{ clinicId: null, actorId: null, actorRole: 'SYSTEM', purpose: null },
    origin: clientFrom().origin,
  });
  const old = await bcrypt('correct horse battery staple', { cost: 11 });
  await identity.run(identity.build.updateTable('account').set({ password_hash: old }));
  world.clock.advance(3_600_001);
  const person = await world.person({ passwordHash: old });
  const times = await shortest({
    'no account': { email: 'nobody@example.org', password: 'wrong' },
    'wrong password': { ...person, password: 'wrong' },
  });
  expect(Math.max(...times) / Math.min(...times)).toBeLessThan(2);
});
