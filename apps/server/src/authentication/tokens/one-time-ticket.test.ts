import { createHmac } from 'node:crypto';
import { FakeClock } from '@careward/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { EmbeddedIdentityStore } from '../../connections/stores/embedded-identity-store.ts';
import { OpenidTransactions } from '../openid/openid-transactions.ts';
import { PasskeyChallenges } from '../passkeys/passkey-challenges.ts';
import { OneTimeTickets, type TicketParts } from './one-time-ticket.ts';

const LIVES_MS = 300_000;
let clock: FakeClock;
let store: EmbeddedIdentityStore;
let parts: TicketParts;
let tickets: OneTimeTickets;
beforeEach(async () => {
  clock = new FakeClock(Date.parse('2026-05-01T09:00:00Z'));
  store = await EmbeddedIdentityStore.open({ clock });
  const mac = async (bytes: Buffer) => createHmac('sha256', 'key').update(bytes).digest();
  parts = { mac, store, clock };
  tickets = new OneTimeTickets(parts, 'test', LIVES_MS);
});

describe('a ticket', () => {
  it('is good for its use and no other, and no two are alike', async () => {
    const [one, two] = [await tickets.issue('a'), await tickets.issue('a')];
    expect(one).toMatch(/^[A-Za-z0-9_-]{74}$/);
    expect(one).not.toBe(two);
    expect([await tickets.isFor(one, 'a'), await tickets.isFor(one, 'b')]).toEqual([true, false]);
  });

  it('is refused with any bit changed, cut, lengthened or spelt in another way', async () => {
    const ticket = await tickets.issue('a');
    const bytes = Buffer.from(ticket, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(await tickets.isFor(changed.toString('base64url'), 'a')).toBe(false);
    }
    for (const other of ['', ticket.slice(0, -1), `${ticket}A`, `${ticket}=`, bytes.toString('hex')])
      expect(await tickets.isFor(other, 'a')).toBe(false);
  });

  it('ends by the clock', async () => {
    const ticket = await tickets.issue('a');
    clock.advance(LIVES_MS - 1);
    expect(await tickets.isFor(ticket, 'a')).toBe(true);
    clock.advance(1);
    expect(await tickets.isFor(ticket, 'a')).toBe(false);
  });

  it('is spent once, by one of many, and remembered until it has ended', async () => {
    const ticket = await tickets.issue('a');
    clock.advance(LIVES_MS - 1);
    const spent = await Promise.all(Array.from({ length: 20 }, () => tickets.spend(ticket)));
    expect(spent.filter(Boolean)).toHaveLength(1);
    clock.advance(1);
    expect([await tickets.spend(ticket), await tickets.isFor(ticket, 'a')]).toEqual([false, false]);
  });
});

describe('ten thousand who begin and never come back', () => {
  it('leave the store as empty as it was: it is not even asked', async () => {
    const challenges = new PasskeyChallenges({ ...parts, store });
    const transactions = new OpenidTransactions(parts);
    for (let n = 0; n < 10_000; n += 1) {
      await challenges.open({ ceremony: 'sign-in', subject: '', keyThumbprint: null });
      await transactions.open({ providerId: 'blue', purpose: 'sign-in', binding: `cookie:${n}` });
    }
    expect(store.operations).toBe(0);
  });

  it('nor is it asked about answers that are not theirs', async () => {
    const challenges = new PasskeyChallenges({ ...parts, store });
    const transactions = new OpenidTransactions(parts);
    const use = { providerId: 'blue', purpose: 'sign-in', binding: 'cookie:a' } as const;
    const { transaction } = await transactions.open(use);
    const challenge = await tickets.issue('a');
    const signIn = { ceremony: 'sign-in', subject: '', keyThumbprint: null } as const;
    await expect(challenges.redeem(challenge, signIn)).rejects.toMatchObject({ code: 'passkey-refused' });
    for (const other of [
      { ...use, binding: 'cookie:b' },
      { ...use, providerId: 'green' },
    ])
      await expect(transactions.redeem(transaction, other)).rejects.toMatchObject({
        code: 'openid-transaction-refused',
      });
    expect(store.operations).toBe(0);
  });
});
