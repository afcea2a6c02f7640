import { type AccountId, newId, type SessionId } from '@careward/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  IDENTITY_STORES,
  type IdentityStoreUnderTest,
  newSession,
  questionOf,
  WIDE_CAP,
} from '../../../test-harness/identity-stores.ts';
import type { NewSession, SessionRecord } from './identity-store.ts';

describe.each(IDENTITY_STORES)('sessions in the %s store', (_name, open) => {
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
  const standing = async (session: NewSession) => {
    const { session: answer } = await test.store.gate(questionOf(session));
    return answer?.state;
  };
  const at = ({ accountId, sessionId }: NewSession) => ({ accountId, sessionId });

  it('gives back what was kept, with its own times', async () => {
    const before = test.now();
    const session = await created();
    const { session: answer } = await test.store.gate(questionOf(session));
    const { refreshHash: _hash, absoluteMs: _absolute, ...kept } = session;
    expect(answer).toEqual({
      state: 'living',
      session: {
        ...kept,
        createdAt: expect.any(Number),
        lastSeenAt: expect.any(Number),
        absoluteExpiresAt: expect.any(Number),
        needsProof: false,
      },
    });
    const { createdAt, absoluteExpiresAt } = recordIn(answer);
    expect(absoluteExpiresAt).toBe(createdAt + 60_000);
    expect(Math.abs(createdAt - before)).toBeLessThan(5_000);
  });

  it('knows no session that was never made, and changes none', async () => {
    const session = newSession();
    expect(await standing(session)).toBe('ended');
    const hashes = { presented: 'first', next: 'second' };
    expect(await test.store.rotateRefresh(session, hashes, 0)).toEqual({
      rotation: 'absent',
      session: { state: 'ended' },
    });
    await test.store.revoke(session.accountId, session.sessionId);
    await test.store.distrust(session.accountId, session.sessionId);
    expect(await test.store.confirm({ ...at(session), settles: true }, session, '{}')).toBeUndefined();
    expect(await test.store.list(session.accountId)).toEqual([]);
  });

  it('does not find a session under another account', async () => {
    const session = await created();
    expect(await standing({ ...session, accountId: newId<AccountId>() })).toBe('ended');
    await test.store.revoke(newId<AccountId>(), session.sessionId);
    expect(await standing(session)).toBe('living');
  });

  it('refuses to overwrite a living session', async () => {
    const session = await created();
    await expect(test.store.create({ ...session, body: 'thief' }, WIDE_CAP)).rejects.toMatchObject({
      code: 'session-already-exists',
    });
    expect((await test.store.list(session.accountId))[0]?.body).toBe(session.body);
  });

  it('learns of a change of rights also from a creation that it refuses', async () => {
    const session = await created();
    const later = { ...session, rightsVersion: session.rightsVersion + 1 };
    await expect(test.store.create(later, WIDE_CAP)).rejects.toThrow();
    expect(await standing(session)).toBe('stale');
    const other = await created();
    const surplus = { ...newSession(), accountId: other.accountId, rightsVersion: other.rightsVersion + 1 };
    expect(await test.store.create(surplus, { maximum: 1, atCap: 'refuse' })).toEqual({ created: false });
    expect(await standing(other)).toBe('stale');
  });

  it('ends a session that is idle, and starts the idle time anew with each request', async () => {
    const session = await created({ idleMs: 1_800 });
    for (let i = 0; i < 3; i += 1) {
      await test.pass(1_000);
      expect(await standing(session)).toBe('living');
    }
    await test.pass(1_850);
    expect(await standing(session)).toBe('ended');
    expect(await test.store.list(session.accountId)).toEqual([]);
  });

  it('writes no activity before a sixteenth of the idle time has passed', async () => {
    const session = await created({ idleMs: 16_000 });
    const first = recordIn((await test.store.gate(questionOf(session))).session);
    await test.pass(200);
    expect(recordIn((await test.store.gate(questionOf(session))).session).lastSeenAt).toBe(first.lastSeenAt);
    await test.pass(900);
    expect(recordIn((await test.store.gate(questionOf(session))).session).lastSeenAt).toBeGreaterThan(
      first.lastSeenAt,
    );
  });

  it('ends a session at its absolute age however busy it is', async () => {
    const session = await created({ absoluteMs: 1_800 });
    await test.pass(1_000);
    expect(await standing(session)).toBe('living');
    await test.pass(850);
    expect(await standing(session)).toBe('ended');
  });

  it('refuses a session from the moment its revocation has returned, and no other', async () => {
    const session = await created();
    const other = await created({ accountId: session.accountId });
    await test.store.revoke(session.accountId, session.sessionId);
    expect(await standing(session)).toBe('ended');
    expect(await standing(other)).toBe('living');
  });

  it('ends every session of a lower epoch at once, and none of a later one', async () => {
    const first = await created({ epoch: 3 });
    const second = await created({ accountId: first.accountId, epoch: 3 });
    const foreign = await created({ epoch: 3 });
    await test.store.settleChange(first.accountId, { epoch: 4, rightsVersion: 7 });
    expect(await test.store.list(first.accountId)).toEqual([]);
    expect([await standing(first), await standing(second), await standing(foreign)]).toEqual([
      'ended',
      'ended',
      'living',
    ]);
    const late = await created({ accountId: first.accountId, epoch: 3 });
    const later = await created({ accountId: first.accountId, epoch: 4 });
    expect([await standing(late), await standing(later)]).toEqual(['ended', 'living']);
  });

  it('raises numbers only, in whatever order they arrive', async () => {
    const session = await created({ epoch: 3, rightsVersion: 7 });
    await test.store.settleChange(session.accountId, { epoch: 3, rightsVersion: 9 });
    await test.store.settleChange(session.accountId, { epoch: 0, rightsVersion: 8 });
    expect(await standing(session)).toBe('stale');
    await test.store.confirm({ ...at(session), settles: true }, { epoch: 3, rightsVersion: 8 }, 'old');
    expect(await standing(session)).toBe('stale');
    await test.store.confirm({ ...at(session), settles: true }, { epoch: 3, rightsVersion: 9 }, 'new');
    expect(await standing(session)).toBe('living');
    await test.store.confirm({ ...at(session), settles: true }, { epoch: 3, rightsVersion: 8 }, 'late');
    expect((await test.store.list(session.accountId))[0]).toMatchObject({ body: 'new', rightsVersion: 9 });
  });

  it('vouches for nothing while a change is on its way, and again once all have settled', async () => {
    const session = await created();
    const stale = { state: 'stale', settles: false };
    await test.store.beginChange(session.accountId, 30_000);
    await test.store.beginChange(session.accountId, 20_000);
    expect((await test.store.gate(questionOf(session))).session).toMatchObject(stale);
    await test.store.settleChange(session.accountId, session);
    await test.store.confirm({ ...at(session), settles: false }, session, 'asked meanwhile');
    expect((await test.store.gate(questionOf(session))).session).toMatchObject(stale);
    await test.store.settleChange(session.accountId, session);
    expect(await standing(session)).toBe('living');
  });

  it('takes a change of which nobody heard again as over when its time has passed and the database was asked', async () => {
    const session = await created();
    await test.store.beginChange(session.accountId, 1_500);
    await test.store.confirm({ ...at(session), settles: true }, session, 'too early');
    expect(await standing(session)).toBe('stale');
    await test.pass(1_550);
    expect((await test.store.gate(questionOf(session))).session).toMatchObject({
      state: 'stale',
      settles: true,
    });
    await test.store.confirm({ ...at(session), settles: false }, session, 'asked before the end');
    expect(await standing(session)).toBe('stale');
    await test.store.confirm({ ...at(session), settles: true }, { epoch: 3, rightsVersion: 8 }, 'after');
    expect((await test.store.gate(questionOf(session))).session).toMatchObject({
      state: 'living',
      session: { body: 'after', rightsVersion: 8 },
    });
  });

  it('remembers a change of an account without sessions for those that come', async () => {
    const session = newSession({ epoch: 3, rightsVersion: 7 });
    await test.store.beginChange(session.accountId, 30_000);
    await test.store.create(session, WIDE_CAP);
    expect(await standing(session)).toBe('stale');
    await test.store.settleChange(session.accountId, { epoch: 4, rightsVersion: 8 });
    expect(await standing(session)).toBe('ended');
    await test.store.create(newSession({ ...session, epoch: 3 }), WIDE_CAP);
    expect(await standing(session)).toBe('ended');
  });

  it('confirms nothing that has ended', async () => {
    const session = await created();
    expect(
      await test.store.confirm({ ...at(session), settles: true }, { epoch: 4, rightsVersion: 7 }, 'x'),
    ).toBeUndefined();
    expect(await standing(session)).toBe('ended');
  });

  it('asks an unlike client for a proof, and goes on asking whatever the database says of its rights', async () => {
    const session = await created();
    const unlike = { ...session, fingerprint: 'ffffffffffffffff' };
    const { session: answer } = await test.store.gate(questionOf(unlike));
    expect(recordIn(answer)).toMatchObject({ needsProof: true, fingerprint: session.fingerprint });
    await test.store.confirm({ ...at(session), settles: true }, session, 'confirmed');
    expect(recordIn((await test.store.gate(questionOf(session))).session)).toMatchObject({
      body: 'confirmed',
      needsProof: true,
    });
  });

  it('keeps body and version of the rights together: what was read under an older one leaves the session stale', async () => {
    const session = await created({ rightsVersion: 6 });
    await test.store.settleChange(session.accountId, { epoch: 3, rightsVersion: 8 });
    await test.store.confirm({ ...at(session), settles: true }, { epoch: 3, rightsVersion: 7 }, 'old rights');
    expect((await test.store.gate(questionOf(session))).session).toMatchObject({
      state: 'stale',
      session: { body: 'old rights', rightsVersion: 7 },
    });
  });

  it('asks for a proof of a session that was found suspicious', async () => {
    const session = await created();
    await test.store.distrust(session.accountId, session.sessionId);
    expect(recordIn((await test.store.gate(questionOf(session))).session).needsProof).toBe(true);
  });

  it('lists living sessions, the oldest first, and counts them', async () => {
    const first = await created();
    const second = await created({ accountId: first.accountId });
    await created({ accountId: first.accountId, idleMs: 1_000 });
    expect(await test.store.list(first.accountId)).toHaveLength(3);
    await test.pass(1_050);
    const ids = (await test.store.list(first.accountId)).map(({ sessionId }) => sessionId);
    expect(ids).toEqual([first.sessionId, second.sessionId]);
    expect((await test.store.sweep()).sessions).toBeGreaterThanOrEqual(2);
  });

  it('walks through every account that has sessions', async () => {
    const accounts = new Set<AccountId>();
    for (let i = 0; i < 30; i += 1) accounts.add((await created()).accountId);
    const before = await test.store.sweep();
    const met = new Set<AccountId>();
    let cursor = '';
    do {
      const step = await test.store.walk(cursor);
      for (const accountId of step.accounts) met.add(accountId);
      cursor = step.cursor;
    } while (cursor !== '');
    expect(accounts.difference(met)).toEqual(new Set());
    for (const accountId of accounts)
      await test.store.settleChange(accountId, { epoch: 99, rightsVersion: 0 });
    const after = await test.store.sweep();
    expect([before.sessions - after.sessions, before.accounts - after.accounts]).toEqual([30, 30]);
  });

  it('never leaves more sessions than the cap, whatever comes at once', async () => {
    const accountId = newId<AccountId>();
    const cap = { maximum: 5, atCap: 'end-oldest' } as const;
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, () => test.store.create(newSession({ accountId }), cap)),
    );
    expect(await test.store.list(accountId)).toHaveLength(5);
    const ended = answers.flatMap((answer) => (answer.created ? answer.ended : []));
    expect(new Set<SessionId>(ended).size).toBe(995);
    const refused = await Promise.all(
      Array.from({ length: 100 }, () =>
        test.store.create(newSession({ accountId }), { maximum: 7, atCap: 'refuse' }),
      ),
    );
    expect(refused.filter(({ created: isCreated }) => isCreated)).toHaveLength(2);
    const fewer = await test.store.create(newSession({ accountId }), { maximum: 3, atCap: 'end-oldest' });
    expect(fewer).toMatchObject({ created: true, ended: expect.objectContaining({ length: 5 }) });
    expect(await test.store.list(accountId)).toHaveLength(3);
  });
});

function recordIn(
  answer: { readonly session?: SessionRecord } | { readonly state: 'ended' } | undefined,
): SessionRecord {
  if (!answer || !('session' in answer) || !answer.session) throw new Error('the session has ended');
  return answer.session;
}
