import { type AccountId, newId, type SessionId } from '@careward/kernel';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { type CarewardEvent, EventService } from './index.ts';

const details = { accountId: newId<AccountId>(), sessionId: newId<SessionId>() };
const clock = { now: () => 1_700_000_000_000 };

describe('EventService', () => {
  it('hands an event with category, priority and time to the subscribers of its type, in order', () => {
    const service = new EventService(clock);
    const heard: unknown[] = [];
    service.on('authentication.succeeded', (event) => void heard.push(['first', event]));
    service.on('authentication.failed', (event) => void heard.push(['foreign', event]));
    service.onAny((event) => void heard.push(['any', event]));
    service.emitEnterprise('authentication.succeeded', details);
    const event = expect.objectContaining({
      type: 'authentication.succeeded',
      category: 'AUTHENTICATION',
      priority: 'LOW',
      at: clock.now(),
      origin: null,
      details,
    });
    expect(heard).toEqual([
      ['first', event],
      ['any', event],
    ]);
  });

  it('is not broken by a subscriber that throws or rejects, and reports it', async () => {
    const faults: unknown[] = [];
    const service = new EventService(clock, (error, event) => {
      faults.push([error, event.type]);
      throw new Error('a reporter that fails');
    });
    const heard: string[] = [];
    const [thrown, rejected] = [new Error('thrown'), new Error('rejected')];
    service.on('session.ended', () => {
      throw thrown;
    });
    service.on('session.ended', () => Promise.reject(rejected));
    service.on('session.ended', () => void heard.push('last'));
    expect(() => service.emitEnterprise('session.ended', { sessionId: details.sessionId })).not.toThrow();
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toEqual(['last']);
    expect(faults).toEqual([
      [thrown, 'session.ended'],
      [rejected, 'session.ended'],
    ]);
  });

  it('does not wait for a subscriber that never ends', () => {
    const service = new EventService(clock);
    service.onAny(() => new Promise<void>(() => undefined));
    expect(service.emitEnterprise('limits.local', { isLocal: true })).toBeUndefined();
  });

  it('lets a subscriber change nothing that others see', () => {
    const service = new EventService(clock);
    const seen: CarewardEvent[] = [];
    service.onAny((event) => {
      expect(() => Object.assign(event.details, { accountId: 'forged' })).toThrow(TypeError);
      expect(() => Object.assign(event, { type: 'forged' })).toThrow(TypeError);
    });
    service.onAny((event) => void seen.push(event));
    const given = { ...details };
    service.emitEnterprise('authentication.succeeded', given);
    given.accountId = newId<AccountId>();
    expect(seen[0]?.details).toEqual(details);
  });

  it('ends a subscription, also from within it, and does not tell one that began while telling', () => {
    const service = new EventService(clock);
    const heard: string[] = [];
    const end = service.onAny(() => {
      heard.push('once');
      end();
      service.onAny(() => void heard.push('late'));
    });
    service.onAny(() => void heard.push('steady'));
    service.emitEnterprise('limits.local', { isLocal: true });
    expect(heard).toEqual(['once', 'steady']);
    service.emitEnterprise('limits.local', { isLocal: false });
    expect(heard).toEqual(['once', 'steady', 'steady', 'late']);
  });

  it('is a closed union: the type decides the details', () => {
    const service = new EventService(clock);
    // @ts-expect-error there is no such event
    service.on('patient.renamed', () => undefined);
    service.on('limits.local', (event) => {
      expectTypeOf(event.details).toEqualTypeOf<{ readonly isLocal: boolean }>();
    });
    // @ts-expect-error these are the details of another event
    const wrong = () => service.emitEnterprise('session.ended', { isLocal: true });
    expect(wrong).toBeTypeOf('function');
    const narrow = (event: CarewardEvent) => (event.type === 'limits.local' ? event.details.isLocal : false);
    expectTypeOf(narrow).returns.toEqualTypeOf<boolean>();
  });
});
