import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  IDENTITY_STORES,
  type IdentityStoreUnderTest,
  newSession,
  questionOf,
  WIDE_CAP,
} from '../../../test-harness/identity-stores.ts';
import type { NewSession } from './identity-store.ts';

describe.each(IDENTITY_STORES)('refresh tokens in the %s store', (_name, open) => {
  let test: IdentityStoreUnderTest;
  beforeAll(async () => {
    test = await open();
  });
  afterAll(() => test.close());

  const created = async (extra: Partial<NewSession> = {}) => {
    const session = newSession(extra);
    await test.store.create(session, WIDE_CAP);
    return session;
  };
  const rotate = async (session: NewSession, presented: string, next: string, graceMs = 0) =>
    await test.store.rotateRefresh(session, { presented, next }, graceMs);
  const rotation = async (session: NewSession, presented: string, next: string, graceMs = 0) =>
    (await rotate(session, presented, next, graceMs)).rotation;
  const standing = async (session: NewSession) => (await test.store.gate(questionOf(session))).session?.state;

  it('rotates once, answers the session as the gate does, and a second use ends it', async () => {
    const session = await created();
    expect(await rotate(session, 'first', 'second')).toMatchObject({
      rotation: 'rotated',
      session: { state: 'living', session: { sessionId: session.sessionId, body: session.body } },
    });
    expect(await rotation(session, 'second', 'third')).toBe('rotated');
    expect(await rotate(session, 'first', 'fourth')).toEqual({
      rotation: 'reused',
      session: { state: 'ended' },
    });
    expect(await standing(session)).toBe('ended');
    expect(await rotation(session, 'third', 'fourth')).toBe('absent');
  });

  it('takes the token before once more within the grace, and voids the one handed out in between', async () => {
    const session = await created();
    expect(await rotation(session, 'first', 'lost', 10_000)).toBe('rotated');
    expect(await rotate(session, 'first', 'second', 10_000)).toMatchObject({
      rotation: 'retried',
      session: { state: 'living' },
    });
    expect(await rotation(session, 'second', 'third', 10_000)).toBe('rotated');
    expect(await rotation(session, 'lost', 'thief', 10_000)).toBe('reused');
    expect(await standing(session)).toBe('ended');
  });

  it('ends the session when the void one is presented next', async () => {
    const session = await created();
    await rotate(session, 'first', 'lost', 10_000);
    await rotate(session, 'first', 'second', 10_000);
    expect(await rotation(session, 'lost', 'thief', 10_000)).toBe('reused');
    expect(await rotation(session, 'second', 'third', 10_000)).toBe('absent');
  });

  it('takes the token before no second time', async () => {
    const session = await created();
    await rotate(session, 'first', 'lost', 10_000);
    await rotate(session, 'first', 'second', 10_000);
    expect(await rotation(session, 'first', 'third', 10_000)).toBe('reused');
  });

  it('takes the token before not after the grace', async () => {
    const session = await created();
    await rotate(session, 'first', 'second', 100);
    await test.pass(150);
    expect(await rotation(session, 'first', 'third', 100)).toBe('reused');
  });

  it('ends a session that has no refresh token when one is presented', async () => {
    const session = await created({ refreshHash: '' });
    expect(await rotation(session, '', 'mine')).toBe('reused');
    expect(await standing(session)).toBe('ended');
  });

  it('lets one of many simultaneous uses through', async () => {
    const session = await created();
    const attempts = Array.from({ length: 20 }, (_, i) => rotation(session, 'first', `next-${i}`));
    const outcomes = await Promise.all(attempts);
    expect(outcomes.filter((outcome) => outcome === 'rotated')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'reused')).toHaveLength(1);
  });

  it('counts as activity, says stale of what nobody vouches for, and gives nothing for a session that is over', async () => {
    const session = await created({ idleMs: 2_000 });
    for (const [presented, next] of [
      ['first', 'second'],
      ['second', 'third'],
    ] as const) {
      await test.pass(1_200);
      expect(await rotation(session, presented, next)).toBe('rotated');
    }
    await test.store.settleChange(session.accountId, { epoch: 3, rightsVersion: 8 });
    expect((await rotate(session, 'third', 'fourth')).session).toMatchObject({
      state: 'stale',
      settles: true,
    });
    await test.store.settleChange(session.accountId, { epoch: 4, rightsVersion: 8 });
    expect(await rotation(session, 'fourth', 'fifth')).toBe('absent');
  });
});
