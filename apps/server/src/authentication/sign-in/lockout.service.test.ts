import type { AccountId } from '@careward/kernel';
import { newId } from '@careward/kernel';
import { FakeClock } from '@careward/testing';
import { Keyring, MemoryRegionKeyStore } from '@careward/vault';
import { describe, expect, it } from 'vitest';
import { testIdentityContext } from '../../../test-harness/contexts.ts';
import { EmbeddedIdentityStore } from '../../connections/index.ts';
import { EncryptionService } from '../../encryption/index.ts';
import { EventService } from '../../events/index.ts';
import { asDeviceId } from './known-device.ts';
import { type AttemptKind, type AttemptSubject, LockoutService } from './lockout.service.ts';

const MINUTE = 60_000;
const STRANGER: AttemptSubject = { device: 'stranger', target: 'somebody' };

async function openWorld(addressFailures = 1_000_000) {
  const clock = new FakeClock();
  const store = await EmbeddedIdentityStore.open({ clock });
  const keyring = new Keyring({ region: 'local', regionKeys: new MemoryRegionKeyStore(), clock });
  const key = await keyring.createPlatformKey();
  const keys = { platformKey: async () => key, clinicKey: () => Promise.reject(new Error('no clinic')) };
  const encryption = new EncryptionService(keyring, keys, 'local');
  const events = new EventService(clock);
  const told: string[] = [];
  events.onAny(({ type }) => void told.push(type));
  const recorded: unknown[] = [];
  const accounts = { recordFailure: async (...failure: unknown[]) => void recorded.push(failure.slice(1)) };
  const failures = { addressFailures, accountFailures: 10 };
  const lockout = new LockoutService({ store, accounts, encryption, events, ...failures });
  let host = 0;
  /** One attempt from an address of its own unless told; answers how it ended. */
  const attempt = async (
    outcome: 'right' | 'wrong' | 'broken',
    {
      subject = STRANGER,
      address = `198.51.${host >> 8}.${host++ & 255}`,
      kind = 'password' as AttemptKind,
    } = {},
  ) => {
    const origin = { ...testIdentityContext().origin, address };
    const work = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      if (outcome === 'broken') throw new Error('the database is gone');
      return outcome === 'right' ? true : undefined;
    };
    return lockout.judge(kind, subject, origin, work).then(
      (judged) => (judged === true ? 'in' : 'wrong'),
      (error: { code?: string; retryAfterSeconds?: number }) => error.retryAfterSeconds ?? 'broken',
    );
  };
  return { clock, attempt, told, recorded, lockout };
}

describe('the ladder', () => {
  it('locks at the tenth failure for 10, then 25, 45, 60, and 360 minutes from then on', async () => {
    const { clock, attempt } = await openWorld();
    for (let n = 1; n <= 10; n += 1) expect(await attempt('wrong')).toBe('wrong');
    for (const minutes of [10, 25, 45, 60, 360, 360, 360]) {
      expect(await attempt('right')).toBe(minutes * 60);
      clock.advance(minutes * MINUTE - 1);
      expect(await attempt('right')).toBe(1);
      clock.advance(1);
      expect(await attempt('wrong')).toBe('wrong');
    }
  });

  it('forgets half a day after the last lock', async () => {
    const { clock, attempt } = await openWorld();
    for (let n = 1; n <= 10; n += 1) await attempt('wrong');
    clock.advance((10 + 12 * 60) * MINUTE);
    for (let n = 1; n <= 10; n += 1) expect(await attempt('wrong')).toBe('wrong');
    expect(await attempt('right')).toBe(600);
  });

  it('counts no success, and nothing that could not be tried', async () => {
    const { attempt } = await openWorld();
    for (let n = 1; n <= 30; n += 1) expect(await attempt('right')).toBe('in');
    for (let n = 1; n <= 30; n += 1) expect(await attempt('broken')).toBe('broken');
    for (let n = 1; n <= 9; n += 1) await attempt('wrong');
    expect(await attempt('right')).toBe('in');
  });

  it('is the same for a thousand attempts at once as for one after the other', async () => {
    const { attempt } = await openWorld();
    const outcomes = await Promise.all(Array.from({ length: 1_000 }, () => attempt('wrong')));
    expect(outcomes.filter((outcome) => outcome === 'wrong')).toHaveLength(10);
  });

  it('is one for passwords, another for codes, and one for each known device', async () => {
    const { attempt, told } = await openWorld();
    const [one, other] = [knownDevice(), knownDevice()];
    for (let n = 1; n <= 10; n += 1) await attempt('wrong');
    for (let n = 1; n <= 10; n += 1) await attempt('wrong', { subject: one });
    expect(told.filter((type) => type === 'authentication.locked')).toHaveLength(2);
    expect(await attempt('right')).toBe(600);
    expect(await attempt('right', { subject: one })).toBe(600);
    expect(await attempt('right', { subject: other })).toBe('in');
    expect(await attempt('right', { kind: 'second-factor' })).toBe('in');
  });

  it('gives strangers no fresh guesses when the owner signs in from an unknown device, and remembers theirs no longer', async () => {
    const { clock, attempt } = await openWorld();
    for (let n = 1; n <= 9; n += 1) expect(await attempt('wrong')).toBe('wrong');
    for (let hour = 1; hour <= 11; hour += 1) {
      clock.advance(60 * MINUTE);
      expect(await attempt('right')).toBe('in');
    }
    expect(await attempt('wrong')).toBe('wrong');
    expect(await attempt('right')).toBe(600);
    const other = await openWorld();
    for (let n = 1; n <= 9; n += 1) await other.attempt('wrong');
    for (let hour = 1; hour <= 12; hour += 1) {
      other.clock.advance(60 * MINUTE);
      expect(await other.attempt('right')).toBe('in');
    }
    for (let n = 1; n <= 9; n += 1) expect(await other.attempt('wrong')).toBe('wrong');
    expect(await other.attempt('right')).toBe('in');
  });
});

describe('a known device', () => {
  it('is never locked by one mistake a day of whoever then knows the password', async () => {
    const { clock, attempt } = await openWorld();
    const subject = knownDevice();
    for (let shift = 1; shift <= 30; shift += 1) {
      expect(await attempt('wrong', { subject })).toBe('wrong');
      expect(await attempt('right', { subject })).toBe('in');
      clock.advance(8 * 60 * MINUTE);
    }
  });

  it('has its count ended by a success, and no other count: neither of its codes nor of another device', async () => {
    const { attempt } = await openWorld();
    const [subject, other] = [knownDevice(), knownDevice()];
    for (let n = 1; n <= 9; n += 1) {
      await attempt('wrong', { subject });
      await attempt('wrong', { subject, kind: 'second-factor' });
      await attempt('wrong', { subject: other });
    }
    expect(await attempt('right', { subject })).toBe('in');
    for (let n = 1; n <= 9; n += 1) expect(await attempt('wrong', { subject })).toBe('wrong');
    expect(await attempt('right', { subject })).toBe('in');
    for (const options of [{ subject, kind: 'second-factor' as const }, { subject: other }]) {
      expect(await attempt('wrong', options)).toBe('wrong');
      expect(await attempt('right', options)).toBe(600);
    }
  });

  it('has nothing given back but the attempt that could not be made', async () => {
    const { attempt } = await openWorld();
    const subject = knownDevice();
    for (let n = 1; n <= 9; n += 1) await attempt('wrong', { subject });
    expect(await attempt('broken', { subject })).toBe('broken');
    expect(await attempt('wrong', { subject })).toBe('wrong');
    expect(await attempt('right', { subject })).toBe(600);
  });
});

describe('an attempt for an account that is known', () => {
  it('answers what was found, and refuses, counts and records what was wrong', async () => {
    const { lockout, recorded } = await openWorld();
    const accountId = newId<AccountId>();
    const { origin } = testIdentityContext();
    const subject = knownDevice();
    const tried = { subject, origin, accountId };
    const password = { ...tried, kind: 'password', action: 'password.change' } as const;
    const code = { ...tried, kind: 'second-factor', action: 'session.prove' } as const;
    expect(await lockout.requireRight(password, async () => 'found')).toBe('found');
    expect(recorded).toEqual([]);
    const wrong = async () => undefined;
    for (let n = 1; n <= 10; n += 1) {
      await expect(lockout.requireRight(password, wrong)).rejects.toMatchObject({
        code: 'authentication-failed',
      });
    }
    await expect(lockout.requireRight(password, wrong)).rejects.toMatchObject({
      code: 'authentication-locked',
    });
    await expect(lockout.requireRight(code, wrong)).rejects.toMatchObject({
      code: 'authentication-code-wrong',
    });
    expect(recorded).toEqual([
      ...Array.from({ length: 10 }, () => [accountId, 'password.change']),
      [accountId, 'session.prove'],
    ]);
  });
});

describe('an address', () => {
  const targets = (n: number): AttemptSubject => ({ device: 'stranger', target: `person ${n}` });

  it('waits a quarter of an hour after five failures, whomever they were for', async () => {
    const { clock, attempt } = await openWorld(5);
    const address = '203.0.113.9';
    for (let n = 1; n <= 5; n += 1)
      expect(await attempt('wrong', { subject: targets(n), address })).toBe('wrong');
    expect(await attempt('right', { subject: targets(6), address })).toBe(900);
    expect(await attempt('right', { subject: targets(6), address: '203.0.113.10' })).toBe('in');
    clock.advance(15 * MINUTE);
    expect(await attempt('right', { subject: targets(6), address })).toBe('in');
  });

  it('of IPv6 is its /64', async () => {
    const { attempt } = await openWorld(5);
    for (let n = 1; n <= 5; n += 1)
      await attempt('wrong', { subject: targets(n), address: `2001:db8:1:2::${n}` });
    expect(await attempt('right', { subject: targets(6), address: '2001:db8:1:2:ffff::1' })).toBe(900);
    expect(await attempt('right', { subject: targets(6), address: '2001:db8:1:3::1' })).toBe('in');
  });

  it('with 200 of staff behind it lets all of them in at once, four of whom mistype', async () => {
    const { attempt } = await openWorld(5);
    const address = '203.0.113.9';
    const mistyped = [3, 20, 60, 61];
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        attempt(mistyped.includes(n) ? 'wrong' : 'right', { subject: targets(n), address }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'in')).toHaveLength(196);
  });

  it('waits until the oldest of five failures is a quarter of an hour old, and no longer', async () => {
    const { clock, attempt } = await openWorld(5);
    const address = '203.0.113.9';
    for (let n = 1; n <= 5; n += 1) {
      expect(await attempt('wrong', { subject: targets(n), address })).toBe('wrong');
      clock.advance(2 * MINUTE);
    }
    expect(await attempt('right', { subject: targets(6), address })).toBe(5 * 60);
    clock.advance(5 * MINUTE - 1);
    expect(await attempt('right', { subject: targets(6), address })).toBe(1);
    clock.advance(1);
    expect(await attempt('right', { subject: targets(6), address })).toBe('in');
    expect(await attempt('wrong', { subject: targets(6), address })).toBe('wrong');
    expect(await attempt('right', { subject: targets(6), address })).toBe(2 * 60);
  });

  it('is not locked by a mistake an hour, however many sign in meanwhile', async () => {
    const { clock, attempt } = await openWorld(5);
    const address = '203.0.113.9';
    for (let tenMinutes = 0; tenMinutes < 12 * 6; tenMinutes += 1) {
      if (tenMinutes % 6 === 0)
        expect(await attempt('wrong', { subject: targets(tenMinutes), address })).toBe('wrong');
      expect(await attempt('right', { subject: targets(tenMinutes), address })).toBe('in');
      clock.advance(10 * MINUTE);
    }
  });

  it('tells of a lock when there is one, and not of older failures', async () => {
    const { clock, attempt, told } = await openWorld(5);
    const address = '203.0.113.9';
    for (let n = 1; n <= 9; n += 1) {
      await attempt('wrong', { subject: targets(n), address });
      clock.advance(4 * MINUTE);
    }
    expect(told.filter((type) => type === 'authentication.locked')).toEqual([]);
    for (let n = 10; n <= 12; n += 1) await attempt('wrong', { subject: targets(n), address });
    expect(told.filter((type) => type === 'authentication.locked')).toHaveLength(1);
  });

  it('from which somebody goes on failing lets 200 people in at devices of their own, and strangers when there is room again', async () => {
    const { clock, attempt } = await openWorld(5);
    const address = '203.0.113.9';
    const devices = Array.from({ length: 200 }, knownDevice);
    for (let quarter = 0; quarter < 4; quarter += 1) {
      for (let n = 1; n <= 5; n += 1)
        expect(await attempt('wrong', { subject: targets(n + 10 * quarter), address })).toBe('wrong');
      expect(await attempt('wrong', { subject: targets(6), address })).toBe(900);
      const outcomes = await Promise.all(devices.map((subject) => attempt('right', { subject, address })));
      expect(outcomes.filter((outcome) => outcome === 'in')).toHaveLength(200);
      clock.advance(15 * MINUTE);
    }
    const strangers = Array.from({ length: 200 }, (_, n) =>
      attempt('right', { subject: targets(1_000 + n), address }),
    );
    expect((await Promise.all(strangers)).filter((outcome) => outcome === 'in')).toHaveLength(200);
  });

  it('does not hold up devices that are known', async () => {
    const { attempt } = await openWorld(5);
    const address = '203.0.113.9';
    for (let n = 1; n <= 6; n += 1) await attempt('wrong', { subject: targets(n), address });
    expect(await attempt('right', { subject: knownDevice(), address })).toBe('in');
  });
});

function knownDevice(): AttemptSubject {
  return { device: 'known', accountId: newId<AccountId>(), deviceId: asDeviceId(newId()) };
}
