import { type AccountId, newId } from '@careward/kernel';
import { FakeClock } from '@careward/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { EmbeddedSessionStore } from '../connections/index.ts';
import { EventService } from '../events/index.ts';
import { SessionManagementService } from './session-management.service.ts';

const person = {
  accountId: newId<AccountId>(),
  platformRole: null,
  memberships: [],
  tokenClinicId: null,
};
let clock: FakeClock;
let sessions: SessionManagementService;
let told: string[];

beforeEach(() => {
  clock = new FakeClock(Date.parse('2026-01-01T00:00:00Z'));
  told = [];
  const events = new EventService(clock);
  events.onAny(({ type }) => void told.push(type));
  const limits = { idleMs: 30 * 60_000, absoluteMs: 7 * 86_400_000 };
  sessions = new SessionManagementService(new EmbeddedSessionStore(clock), clock, limits, events);
});

describe('a session', () => {
  it('remembers its person until it is ended, and not one request longer', async () => {
    const { sessionId } = await sessions.start(person);
    expect(await sessions.findPrincipal(sessionId)).toMatchObject({ accountId: person.accountId, sessionId });
    await sessions.end(sessionId);
    expect(await sessions.findPrincipal(sessionId)).toBeUndefined();
  });

  it('ends when it was not used for the idle time', async () => {
    const { sessionId } = await sessions.start(person);
    clock.advance(29 * 60_000);
    expect(await sessions.findPrincipal(sessionId)).toBeDefined();
    clock.advance(31 * 60_000);
    expect(await sessions.findPrincipal(sessionId)).toBeUndefined();
  });

  it('ends with every other one of the account when the rights of the person change', async () => {
    const [one, two] = [await sessions.start(person), await sessions.start(person)];
    await sessions.endAll(person.accountId);
    expect(await sessions.findPrincipal(one.sessionId)).toBeUndefined();
    expect(await sessions.findPrincipal(two.sessionId)).toBeUndefined();
    const three = await sessions.start(person);
    expect(await sessions.findPrincipal(three.sessionId)).toBeDefined();
  });
});

describe('a refresh token', () => {
  it('works once, and gives the next one', async () => {
    const first = await sessions.start(person);
    const second = await sessions.refresh(first.refreshToken);
    expect(second.sessionId).toBe(first.sessionId);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect((await sessions.refresh(second.refreshToken)).sessionId).toBe(first.sessionId);
  });

  it('ends the session when a stolen or old one is used again', async () => {
    const first = await sessions.start(person);
    const second = await sessions.refresh(first.refreshToken);
    await expect(sessions.refresh(first.refreshToken)).rejects.toMatchObject({
      code: 'authentication-refresh-refused',
    });
    expect(await sessions.findPrincipal(first.sessionId)).toBeUndefined();
    expect(told).toContain('authentication.refresh-reused');
    await expect(sessions.refresh(second.refreshToken)).rejects.toMatchObject({
      code: 'authentication-refresh-refused',
    });
  });

  it.each(['', 'x', `${newId()}.`, `${newId()}.AAAA`, `${newId()}.${'A'.repeat(43)}.x`])(
    'refuses %j',
    async (token) => {
      await expect(sessions.refresh(token)).rejects.toMatchObject({ code: 'authentication-refresh-refused' });
    },
  );
});
