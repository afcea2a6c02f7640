import { randomUUID } from 'node:crypto';
import type { AccountId, SessionId } from '@careward/kernel';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  IDENTITY_STORES,
  type IdentityStoreUnderTest,
  WIDE_LIMIT,
} from '../../../test-harness/identity-stores.ts';
import type { IdentityStore } from './identity-store.ts';
import * as machine from './session-machine.ts';

const DAY_MS = 86_400_000;
const AT = { now: 1_800_000_000_000, run: 'run' };
const FINGERPRINTS = ['aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb'] as const;
const TIMES = { createdAt: 0, lastSeenAt: 0, absoluteExpiresAt: 0 };

/** One operation on the store, and the same on the machine beside it: both answers in one form. */
interface Operation {
  readonly onStore: (store: IdentityStore, world: World) => Promise<unknown>;
  readonly onMachine: (world: World) => unknown;
}

/** Ids are new for each run, so that runs on one store do not meet. */
class World {
  readonly accountId = randomUUID() as AccountId;
  readonly sessionIds = Array.from({ length: 4 }, () => randomUUID() as SessionId);
  account = machine.UNKNOWN_ACCOUNT;

  id(index: number): SessionId {
    return this.sessionIds[index] ?? (randomUUID() as SessionId);
  }

  become(account: machine.AccountSessions): void {
    this.account = account;
  }

  take<T>({ account, answer }: machine.Step<T>): T {
    this.account = account;
    return answer;
  }
}

const index = fc.nat({ max: 3 });
const numbers = fc.record({ epoch: fc.nat({ max: 2 }), rightsVersion: fc.nat({ max: 3 }) });
const fingerprint = fc.constantFrom(...FINGERPRINTS);
const hash = fc.constantFrom('', 'h0', 'h1', 'h2');
const body = fc.string({ maxLength: 20, unit: 'binary' });

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.tuple(index, numbers, fingerprint, hash, body, fc.nat({ max: 3 }), fc.boolean()).map(createOperation),
  fc.tuple(index, fingerprint).map(([which, seen]) => ({
    onStore: async (store: IdentityStore, world: World) => {
      const session = { ...name(world, which), fingerprint: seen, accountLimit: WIDE_LIMIT };
      return timeless((await store.gate({ session })).session);
    },
    onMachine: (world: World) =>
      standing(world.take(machine.touchSession(world.account, world.id(which), seen, AT))),
  })),
  fc.tuple(index, fc.boolean(), numbers, body).map(([which, settles, read, said]) => ({
    onStore: async (store: IdentityStore, world: World) =>
      timeless(await store.confirm({ ...name(world, which), settles }, read, said)),
    onMachine: (world: World) => {
      const at = { sessionId: world.id(which), settles };
      return record(world.take(machine.confirmSession(world.account, at, read, said, AT)));
    },
  })),
  index.map((which) => ({
    onStore: async (store: IdentityStore, world: World) =>
      await store.distrust(world.accountId, world.id(which)),
    onMachine: (world: World) => void world.take(machine.distrustSession(world.account, world.id(which), AT)),
  })),
  fc.tuple(index, hash, hash, fc.constantFrom(0, DAY_MS)).map(([which, presented, next, graceMs]) => ({
    onStore: async (store: IdentityStore, world: World) => {
      const answer = await store.rotateRefresh(name(world, which), { presented, next }, graceMs);
      return [answer.rotation, timeless(answer.session)];
    },
    onMachine: (world: World) => {
      const hashes = { presented, next, graceMs };
      const answer = world.take(machine.rotateSession(world.account, world.id(which), hashes, AT));
      return [answer.rotation, standing(answer.standing)];
    },
  })),
  fc.constant({
    onStore: async (store: IdentityStore, world: World) => await store.beginChange(world.accountId, DAY_MS),
    onMachine: (world: World) => world.become(machine.beginAccountChange(world.account, DAY_MS, AT)),
  }),
  numbers.map((read) => ({
    onStore: async (store: IdentityStore, world: World) => await store.settleChange(world.accountId, read),
    onMachine: (world: World) => world.become(machine.settleAccountChange(world.account, read, AT)),
  })),
  index.map((which) => ({
    onStore: async (store: IdentityStore, world: World) =>
      await store.revoke(world.accountId, world.id(which)),
    onMachine: (world: World) => world.become(machine.revokeSession(world.account, world.id(which), AT)),
  })),
);

describe.each(IDENTITY_STORES)('the %s store', (_name, open) => {
  let test: IdentityStoreUnderTest;
  beforeAll(async () => {
    test = await open();
  });
  afterAll(() => test.close());

  it('answers every sequence of operations as the pure machine does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 30 }), async (operations) => {
        const world = new World();
        for (const { onStore, onMachine } of operations) {
          expect(await onStore(test.store, world)).toEqual(onMachine(world));
        }
        const listed = machine.withoutEnded(world.account, AT).sessions;
        const kept = await test.store.list(world.accountId);
        expect(kept.map((session) => session.sessionId)).toEqual(listed.map((session) => session.sessionId));
      }),
      { numRuns: 300 },
    );
  });
});

function createOperation([which, read, seen, refreshHash, said, most, refuses]: [
  number,
  { epoch: number; rightsVersion: number },
  string,
  string,
  string,
  number,
  boolean,
]): Operation {
  const cap = { maximum: most, atCap: refuses ? ('refuse' as const) : ('end-oldest' as const) };
  const sessionOf = (world: World) => ({
    ...name(world, which),
    ...{ idleMs: DAY_MS, absoluteMs: DAY_MS, ...read, fingerprint: seen, refreshHash, body: said },
  });
  return {
    onStore: async (store, world) => await store.create(sessionOf(world), cap).catch(() => 'exists'),
    onMachine: (world) => world.take(machine.createSession(world.account, sessionOf(world), cap, AT)),
  };
}

function name(world: World, which: number) {
  return { accountId: world.accountId, sessionId: world.id(which) };
}

/** Times are the store's own. */
function timeless(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null) return answer;
  if (!('session' in answer)) return 'createdAt' in answer ? withoutIds(answer) : answer;
  return { ...answer, session: withoutIds(answer.session as object) };
}

function withoutIds(session: object): object {
  return { ...session, accountId: '', ...TIMES };
}

function standing(answer: machine.Standing): unknown {
  if (answer.state === 'ended') return answer;
  const session = record(answer);
  return answer.state === 'living' ? { state: 'living', session } : { ...answer, session };
}

function record(answer: machine.Standing): unknown {
  if (answer.state === 'ended') return undefined;
  const { run, isConfirmed, refreshHash, previousHash, previousUntil, ...session } = answer.session;
  return withoutIds(session);
}
