import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@careward/kernel';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newSession, questionOf, WIDE_CAP } from '../../../test-harness/identity-stores.ts';
import { openStores } from './open-stores.ts';

const CONFIGURATION = { redisUrl: undefined, commandTimeoutMs: 250 };

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'careward-stores-'));
});
afterEach(async () => {
  await rm(home, { recursive: true });
});

it('keeps embedded sessions in the home folder, from one start to the next', async () => {
  const session = newSession();
  const first = await openStores(CONFIGURATION, systemClock, {}, home);
  await first.identity.create(session, WIDE_CAP);
  await first.close();
  const second = await openStores(CONFIGURATION, systemClock, {}, home);
  expect((await second.identity.gate(questionOf(session))).session?.state).toBe('stale');
  await second.close();
});

it('leaves the journal to the process that has it, and says so', async () => {
  const errors: Error[] = [];
  const server = await openStores(CONFIGURATION, systemClock, {}, home);
  const command = await openStores(
    CONFIGURATION,
    systemClock,
    { onError: (error) => errors.push(error) },
    home,
  );
  const [kept, lost] = [newSession(), newSession()];
  await server.identity.create(kept, WIDE_CAP);
  await command.identity.create(lost, WIDE_CAP);
  expect(errors).toMatchObject([{ code: 'connections-database-in-use' }]);
  await command.close();
  await server.close();
  const next = await openStores(CONFIGURATION, systemClock, {}, home);
  expect((await next.identity.gate(questionOf(kept))).session?.state).toBe('stale');
  expect((await next.identity.gate(questionOf(lost))).session?.state).toBe('ended');
  await next.close();
});

it('counts the same budget whether a limit is taken by itself or in the gate, and every answer once', async () => {
  const { identity, limits, roundTrips, close } = await openStores(CONFIGURATION, systemClock);
  const address = { key: 'address:one', limit: { intervalMs: 60_000, burst: 2 } };
  await limits.take(address.key, address.limit);
  await identity.gate({ address });
  expect((await identity.gate({ address })).address?.allowed).toBe(false);
  await limits.giveBack(address.key, address.limit);
  expect((await identity.gate({ address })).address?.allowed).toBe(true);
  expect(roundTrips()).toBe(5);
  await close();
});
