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
import { type AttemptSubject, LockoutService } from './lockout.service.ts';

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
  const lockout = new LockoutService({ store, encryption, events, addressFailures, accountFailures: 10 });
  let host = 0;
  /** One attempt from an address of its own unless told; answers how it ended. */
  const attempt = async (
    outcome: 'right' | 'wrong' | 'broken',
    { subject = STRANGER, address = `198.51.${host >> 8}.${host++ & 255}`, kind = 'password' as const } = {},
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
  return { clock, attempt, told, lockout };
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
    const accountId = newId<AccountId>();
    const [one, other] = [asDeviceId(newId()), asDeviceId(newId())];
    for (let n = 1; n <= 10; n += 1) await attempt('wrong');
    for (let n = 1; n <= 10; n += 1)
      await attempt('wrong', { subject: { device: 'known', accountId, deviceId: one } });
    expect(told.filter((type) => type === 'authentication.locked')).toHaveLength(2);
    expect(await attempt('right')).toBe(600);
    expect(await attempt('right', { subject: { device: 'known', accountId, deviceId: one } })).toBe(600);
    expect(await attempt('right', { subject: { device: 'known', accountId, deviceId: other } })).toBe('in');
    expect(await attempt('right', { kind: 'second-factor' as 'password' })).toBe('in');
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

  it('does not hold up devices that are known', async () => {
    const { attempt } = await openWorld(5);
    const address = '203.0.113.9';
    for (let n = 1; n <= 6; n += 1) await attempt('wrong', { subject: targets(n), address });
    const subject = {
      device: 'known',
      accountId: newId<AccountId>(),
      deviceId: asDeviceId(newId()),
    } as const;
    expect(await attempt('right', { subject, address })).toBe('in');
  });
});
