import { randomUUID } from 'node:crypto';
import { type ClinicId, newId } from '@careward/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  IDENTITY_STORES,
  type IdentityStoreUnderTest,
  newSession,
  questionOf,
  WIDE_CAP,
  WIDE_LIMIT,
} from '../../../test-harness/identity-stores.ts';

const ONE = { intervalMs: 60_000, burst: 1 };
const TWO = { intervalMs: 60_000, burst: 2 };

describe.each(IDENTITY_STORES)('the gate of the %s store', (_name, open) => {
  let test: IdentityStoreUnderTest;
  beforeAll(async () => {
    test = await open();
  });
  afterAll(() => test.close());

  const created = async () => {
    const session = newSession();
    await test.store.create(session, WIDE_CAP);
    return session;
  };
  const address = (limit = ONE) => ({ key: `address:${randomUUID()}`, limit });
  const clinic = (limit = ONE) => ({ clinicId: newId<ClinicId>(), limit });
  const proof = (extra: { issuedAt?: number; livesMs?: number } = {}) => ({
    id: randomUUID(),
    issuedAt: test.now() + 60_000,
    livesMs: 30_000,
    ...extra,
  });

  it('waits once for an anonymous request, and once for one with everything', async () => {
    const session = await created();
    const before = test.roundTrips();
    await test.store.gate({ address: address() });
    expect(test.roundTrips() - before).toBe(1);
    await test.store.gate({
      address: address(),
      ...questionOf(session, { clinic: clinic(), proof: proof() }),
    });
    expect(test.roundTrips() - before).toBe(2);
    await test.store.rotateRefresh(session, { presented: 'first', next: 'second' }, 0);
    expect(test.roundTrips() - before).toBe(3);
  });

  it('answers every part of a question, and nothing about what was not asked', async () => {
    const session = await created();
    const whole = { address: address(TWO), ...questionOf(session, { clinic: clinic(TWO), proof: proof() }) };
    expect(await test.store.gate(whole)).toMatchObject({
      address: { allowed: true, remaining: 1 },
      session: { state: 'living' },
      proof: 'fresh',
      account: { allowed: true },
      clinic: { allowed: true, remaining: 1 },
    });
    expect(await test.store.gate(questionOf(session))).toEqual({
      address: undefined,
      session: expect.objectContaining({ state: 'living' }),
      proof: undefined,
      account: expect.objectContaining({ allowed: true }),
      clinic: undefined,
    });
    expect(await test.store.gate({ address: address(TWO) })).toEqual({
      address: { allowed: true, remaining: 1, retryAfterMs: 0 },
      session: undefined,
      proof: undefined,
      account: undefined,
      clinic: undefined,
    });
  });

  it('looks at nothing behind a refused address', async () => {
    const session = await created();
    const refused = address();
    await test.store.gate({ address: refused });
    const answer = await test.store.gate({ address: refused, ...questionOf(session, { clinic: clinic() }) });
    expect(answer).toEqual({
      address: { allowed: false, remaining: 0, retryAfterMs: expect.any(Number) },
      session: undefined,
      proof: undefined,
      account: undefined,
      clinic: undefined,
    });
    expect(answer.address?.retryAfterMs).toBeGreaterThan(50_000);
  });

  it('takes nothing from the account or the clinic for a session that has ended, and remembers no proof', async () => {
    const session = await created();
    const asked = { clinic: clinic(), proof: proof(), accountLimit: ONE };
    const ended = questionOf({ ...session, sessionId: newSession().sessionId }, asked);
    expect(await test.store.gate(ended)).toEqual({
      address: undefined,
      session: { state: 'ended' },
      proof: undefined,
      account: undefined,
      clinic: undefined,
    });
    expect(await test.store.gate(questionOf(session, asked))).toMatchObject({
      session: { state: 'living' },
      proof: 'fresh',
      account: { allowed: true },
      clinic: { allowed: true },
    });
  });

  it('takes a proof once, and nothing else of the request that replays it', async () => {
    const session = await created();
    const used = proof();
    await test.store.gate(questionOf(session, { proof: used }));
    const asked = { clinic: clinic(), accountLimit: TWO };
    expect(await test.store.gate(questionOf(session, { ...asked, proof: used }))).toMatchObject({
      session: { state: 'living' },
      proof: 'replayed',
      account: undefined,
      clinic: undefined,
    });
    expect((await test.store.gate(questionOf(session, { ...asked, proof: proof() }))).clinic?.allowed).toBe(
      true,
    );
  });

  it('remembers a proof for as long as it lives', async () => {
    const session = await created();
    const short = proof({ livesMs: 1_000 });
    expect((await test.store.gate(questionOf(session, { proof: short }))).proof).toBe('fresh');
    expect((await test.store.gate(questionOf(session, { proof: short }))).proof).toBe('replayed');
    await test.pass(1_050);
    expect((await test.store.gate(questionOf(session, { proof: short }))).proof).toBe('fresh');
  });

  it('takes one of many simultaneous uses of a proof', async () => {
    const session = await created();
    const used = proof();
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => test.store.gate(questionOf(session, { proof: used }))),
    );
    expect(answers.filter(({ proof: outcome }) => outcome === 'fresh')).toHaveLength(1);
  });

  it('knows no proof that was made before it began to remember', async () => {
    const session = await created();
    const early = proof({ issuedAt: 1_000_000_000_000 });
    const answer = await test.store.gate(questionOf(session, { proof: early, accountLimit: ONE }));
    expect(answer).toMatchObject({ proof: 'early', account: undefined });
    expect((await test.store.gate(questionOf(session, { proof: early }))).proof).toBe('early');
  });

  it('takes nothing from the clinic for an account that has no requests left, and counts no activity', async () => {
    const session = await created();
    const asked = { clinic: clinic(), accountLimit: ONE };
    await test.store.gate(questionOf(session, { accountLimit: ONE }));
    const refused = await test.store.gate(questionOf({ ...session, fingerprint: 'ffffffffffffffff' }, asked));
    expect(refused).toMatchObject({ account: { allowed: false }, clinic: undefined });
    expect(await test.store.list(session.accountId)).toMatchObject([{ needsProof: false }]);
    const other = await created();
    expect((await test.store.gate(questionOf(other, asked))).clinic?.allowed).toBe(true);
  });

  it('refuses what a clinic has no requests left for, whoever asks', async () => {
    const [first, second] = [await created(), await created()];
    const asked = { clinic: clinic(TWO) };
    await test.store.gate(questionOf(first, asked));
    expect((await test.store.gate(questionOf(second, asked))).clinic).toMatchObject({
      allowed: true,
      remaining: 0,
    });
    expect((await test.store.gate(questionOf(first, asked))).clinic).toMatchObject({ allowed: false });
    expect((await test.store.gate(questionOf(first, { clinic: clinic(TWO) }))).clinic?.allowed).toBe(true);
  });

  it('takes nothing for what it refuses', async () => {
    const session = await created();
    const quick = { intervalMs: 1_500, burst: 1 };
    const asked = { accountLimit: quick };
    await test.store.gate(questionOf(session, asked));
    for (let i = 0; i < 20; i += 1) {
      expect((await test.store.gate(questionOf(session, asked))).account?.allowed).toBe(false);
    }
    await test.pass(1_520);
    expect((await test.store.gate(questionOf(session, asked))).account?.allowed).toBe(true);
  });

  it('lets exactly the burst of a simultaneous storm through', async () => {
    const session = await created();
    const limit = { intervalMs: 600_000, burst: 7 };
    const storm = { address: address(WIDE_LIMIT), ...questionOf(session, { accountLimit: limit }) };
    const answers = await Promise.all(Array.from({ length: 60 }, () => test.store.gate(storm)));
    expect(answers.filter(({ account }) => account?.allowed)).toHaveLength(7);
  });

  it('answers for a stale session as for a living one', async () => {
    const session = await created();
    await test.store.beginChange(session.accountId, 30_000);
    const asked = { clinic: clinic(), proof: proof() };
    expect(await test.store.gate(questionOf(session, asked))).toMatchObject({
      session: { state: 'stale', settles: false, session: { body: session.body } },
      proof: 'fresh',
      account: { allowed: true },
      clinic: { allowed: true },
    });
  });
});
