import { type AccountId, newId } from '@careward/kernel';
import { describe, expect, it } from 'vitest';
import { newSession, WIDE_CAP } from '../../../test-harness/identity-stores.ts';
import { EmbeddedAccounts } from './embedded-accounts.ts';
import { EmbeddedIdentityStore } from './embedded-identity-store.ts';
import { EmbeddedLimitStore } from './embedded-limit-store.ts';
import { ExpiringMap } from './expiring-map.ts';
import { beginAccountChange } from './session-machine.ts';

describe('the embedded stores stay within their bounds', () => {
  it('limits: a flood of keys forgets the one used longest ago, not the busy one', async () => {
    const clock = { now: () => 1_000 };
    const store = new EmbeddedLimitStore(clock, 100);
    const limit = { intervalMs: 60_000, burst: 2 };
    await store.take('busy', limit);
    for (let i = 0; i < 99; i += 1) await store.take(`flood-${i}`, limit);
    await store.take('busy', limit);
    for (let i = 0; i < 99; i += 1) await store.take(`more-${i}`, limit);
    expect(store.size).toBe(100);
    expect((await store.take('busy', limit)).allowed).toBe(false);
  });

  it('limits: keys whose budget is full again are swept', async () => {
    let now = 0;
    const store = new EmbeddedLimitStore({ now: () => now });
    for (let i = 0; i < 500; i += 1) await store.take(`key-${i}`, { intervalMs: 10, burst: 1 });
    now = 60_000;
    await store.take('last', { intervalMs: 10, burst: 1 });
    expect(store.size).toBe(1);
  });

  it('sessions: at the bound new ones are refused and living ones stay', async () => {
    let now = 0;
    const store = await EmbeddedIdentityStore.open({ clock: { now: () => now }, maxSessions: 2 });
    const [first, second, third] = [newSession(), newSession(), newSession()];
    await store.create(first, WIDE_CAP);
    await store.create(second, WIDE_CAP);
    await expect(store.create(third, WIDE_CAP)).rejects.toMatchObject({ code: 'session-store-full' });
    expect(await store.list(first.accountId)).toHaveLength(1);
    now = 60_000;
    await expect(store.create(third, WIDE_CAP)).resolves.toMatchObject({ created: true });
    expect(await store.sweep()).toEqual({ sessions: 1, accounts: 1 });
  });

  it('accounts: nothing is kept of those without sessions once their numbers are no longer needed', async () => {
    let now = 0;
    const accounts = new EmbeddedAccounts(10);
    const moment = () => ({ now, run: 'run' });
    for (let i = 0; i < 500; i += 1) {
      const accountId = newId<AccountId>();
      accounts.set(accountId, beginAccountChange(accounts.get(accountId), 1_000, moment()), moment());
    }
    expect([...accounts.entries()]).toHaveLength(500);
    now = 3_600_000;
    accounts.sweep(moment());
    expect([...accounts.entries()]).toHaveLength(0);
  });

  it('entries: what must not be forgotten is not dropped to make room, and what has ended gives way', () => {
    const proofs = new ExpiringMap<true>(2);
    proofs.set('first', true, 100, 0);
    proofs.set('second', true, 200, 0);
    expect(() => proofs.set('third', true, 200, 50)).toThrow(
      expect.objectContaining({ code: 'session-store-full' }),
    );
    expect(proofs.get('first', 50)).toBe(true);
    proofs.set('third', true, 300, 100);
    expect([proofs.get('first', 100), proofs.get('second', 100), proofs.size]).toEqual([undefined, true, 2]);
  });

  it('kept values: a flood of one purpose forgets its own oldest, and nothing of another purpose', async () => {
    const store = await EmbeddedIdentityStore.open({ clock: { now: () => 1_000 }, maxEntries: 10 });
    await store.keep('sign-in:second-factor', 'waits', 300_000);
    for (let i = 0; i < 50; i += 1) await store.keep(`passkey:${i}`, 'anybody', 300_000);
    expect(await store.peek('sign-in:second-factor')).toBe('waits');
    expect([await store.peek('passkey:0'), await store.peek('passkey:49')]).toEqual([undefined, 'anybody']);
  });

  it('used names: a flood of proofs is refused, drops none, and leaves other purposes and the jobs of the server alone', async () => {
    const store = await EmbeddedIdentityStore.open({ clock: { now: () => 1_000 }, maxEntries: 10 });
    for (let i = 0; i < 10; i += 1) await store.once(`proof:${i}`, 60_000);
    await expect(store.once('proof:more', 60_000)).rejects.toMatchObject({ code: 'session-store-full' });
    expect(await store.once('proof:0', 60_000)).toBe(false);
    expect(await store.once('passkey:0', 60_000)).toBe(true);
    for (let i = 0; i < 1_000; i += 1) expect(await store.lease(`job:${i}`, 60_000)).toBe(true);
    await expect(store.lease('job:more', 60_000)).rejects.toMatchObject({ code: 'session-store-full' });
  });

  it('attempts: a lock is not dropped for a new subject, a mere count is', () => {
    const attempts = new ExpiringMap<number>(2, (lockedUntil, now) => lockedUntil <= now);
    attempts.set('locked', 500, 1_000, 0);
    attempts.set('counted', 0, 1_000, 0);
    attempts.set('new', 0, 1_000, 10);
    expect([attempts.get('locked', 10), attempts.get('counted', 10)]).toEqual([500, undefined]);
  });
});
