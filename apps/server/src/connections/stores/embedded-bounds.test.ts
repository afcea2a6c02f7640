import { type AccountId, newId, type SessionId } from '@careward/kernel';
import { describe, expect, it } from 'vitest';
import { EmbeddedLimitStore } from './embedded-limit-store.ts';
import { EmbeddedSessionStore } from './embedded-session-store.ts';

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
    const store = new EmbeddedSessionStore({ now: () => now }, 2);
    const sessions = [session(), session(), session()] as const;
    await store.create(sessions[0]);
    await store.create(sessions[1]);
    await expect(store.create(sessions[2])).rejects.toMatchObject({ code: 'session-store-full' });
    expect(await store.check(sessions[0].sessionId)).toBeDefined();
    now = 2_000;
    await expect(store.create(sessions[2])).resolves.toBeUndefined();
    expect(await store.count()).toBe(1);
  });
});

function session() {
  return {
    sessionId: newId<SessionId>(),
    accountId: newId<AccountId>(),
    createdAt: 0,
    absoluteExpiresAt: 100_000,
    idleMs: 1_000,
    refreshHash: 'hash',
    principal: '{}',
  };
}
