import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrolledPerson, openPasskeyWorld, type PasskeyWorld } from '../../../test-harness/passkey-world.ts';
import type { ChallengeUse } from './passkey-challenges.ts';

let world: PasskeyWorld;
beforeAll(async () => {
  world = await openPasskeyWorld();
});
afterAll(() => world.close());

const SIGN_IN: ChallengeUse = { ceremony: 'sign-in', subject: '', keyThumbprint: 'key-a' };
const refused = expect.objectContaining({ code: 'passkey-refused' });

describe('the challenge of a passkey', () => {
  it('refuses an answer that was used before, of a passkey that does not count, as synchronised ones do not', async () => {
    const { device } = await enrolledPerson(world);
    const { origin } = await world.person();
    const answer = device.get(await world.authentication.optionsForAnybody(SIGN_IN), { counter: 0 });
    const attempts = await Promise.allSettled(
      Array.from({ length: 8 }, () => world.authentication.identify(origin, SIGN_IN, answer)),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(world.authentication.identify(origin, SIGN_IN, answer)).rejects.toEqual(refused);
  });

  it('spends the challenge of somebody who is known by the first answer, right or wrong', async () => {
    const { context, device } = await enrolledPerson(world);
    const { origin, actorId } = context;
    const use = { ceremony: 'second-factor', subject: 'sign-in', keyThumbprint: 'key-a' } as const;
    const answer = device.get(await world.authentication.optionsFor(origin, actorId, use));
    const other = { ...use, keyThumbprint: 'key-b' };
    await expect(world.authentication.prove(origin, actorId, other, answer)).rejects.toEqual(refused);
    await expect(world.authentication.prove(origin, actorId, use, answer)).rejects.toEqual(refused);
  });
});
