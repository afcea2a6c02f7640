import { type AccountId, newId, type SessionId } from '@careward/kernel';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { testIdentityContext } from '../../../test-harness/contexts.ts';
import { openTestDatabase, type TestDatabase } from '../../../test-harness/database.ts';
import {
  IDENTITY_STORES,
  type IdentityStoreUnderTest,
  newSession,
  WIDE_CAP,
} from '../../../test-harness/identity-stores.ts';
import { SessionWatchRows } from '../../../test-harness/session-watch-rows.ts';
import type { PlaceLookup } from '../../connections/index.ts';
import { type EventOf, EventService } from '../../events/event.service.ts';
import { LoggingService, Metrics } from '../../observability/index.ts';
import { SessionRepository } from './session.repository.ts';
import { type SessionBody, writeSessionBody } from './session-body.ts';
import { SessionStatisticsService } from './session-statistics.service.ts';
import { SessionWatchRepository } from './session-watch.repository.ts';
import { SessionWatch } from './session-watch.ts';
import { SuspiciousSessionDetection } from './suspicious-session-detection.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const HELSINKI = '192.0.2.1';
const NAIROBI = '198.51.100.1';
const DAY_MS = 86_400_000;
const places: PlaceLookup = {
  find: (address) =>
    ({
      [HELSINKI]: { country: 'FI', label: 'Helsinki', latitude: 60.17, longitude: 24.94 },
      [NAIROBI]: { country: 'KE', label: 'Nairobi', latitude: -1.29, longitude: 36.82 },
    })[address],
};

let db: TestDatabase;
let rows: SessionWatchRows;
beforeAll(async () => {
  db = await openTestDatabase();
  rows = await SessionWatchRows.of(db);
});
afterAll(() => db.close());

/** A cluster is a store like any other here; how it differs is what its own suite is about. */
const STORES = IDENTITY_STORES.filter(([name]) => name !== 'redis-cluster');

describe.each(STORES)('the watch over sessions of the %s store', (_, open) => {
  let stand: IdentityStoreUnderTest;
  beforeEach(async () => {
    stand = await open();
  });
  afterEach(async () => {
    vi.useRealTimers();
    await stand.close();
  });

  /** A process of its own on the one store. */
  function process() {
    const { store, now } = stand;
    const lines: Record<string, unknown>[] = [];
    const destination = {
      write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>),
    };
    const logging = new LoggingService({ level: 'info', format: 'json', isDevelopment: false, destination });
    const [clock, metrics] = [{ now: () => now() }, new Metrics()];
    const events = new EventService(clock);
    const told: EventOf<'session.suspicious'>['details'][] = [];
    events.on('session.suspicious', ({ details }) => void told.push(details));
    const context = () => testIdentityContext({ actorRole: 'SYSTEM' });
    const repository = new SessionWatchRepository(db.database);
    const failures: unknown[] = [];
    const onFailure = (error: unknown) => void failures.push(error);
    const detection = new SuspiciousSessionDetection({
      store,
      repository,
      places,
      events,
      clock,
      context,
      onFailure,
    });
    const statistics = new SessionStatisticsService(store, clock);
    const sessions = new SessionRepository(db.database);
    const watch = new SessionWatch({
      store,
      statistics,
      detection,
      sessions,
      repository,
      metrics,
      logging,
      context,
    });
    return { watch, statistics, metrics, told, failures, lines };
  }

  async function signIn(accountId: AccountId, extra: Partial<SessionBody>): Promise<SessionId> {
    const body = writeSessionBody({ ...bodyOf(stand.now()), ...extra });
    const session = newSession({ accountId, idleMs: 3 * DAY_MS, absoluteMs: 7 * DAY_MS, body });
    await stand.store.create(session, WIDE_CAP);
    return session.sessionId;
  }

  const distrusted = async (accountId: AccountId) =>
    (await stand.store.list(accountId)).flatMap((each) => (each.needsProof ? [each.sessionId] : []));

  it('asks the person of a suspicious session for a proof, tells them, and leaves their other sessions alone', async () => {
    const accountId = await rows.account();
    await signIn(accountId, {});
    const odd = await signIn(accountId, { agent: '', address: '203.0.113.9' });
    const { watch, told } = process();
    await watch.run('detection');
    expect(await distrusted(accountId)).toEqual([odd]);
    expect(told).toEqual([{ accountId, sessionId: odd, reasons: ['odd-agent'] }]);
    expect(await rows.shown(accountId)).toEqual([
      { kind: 'session.suspicious', session_id: odd, address: '203.0.113.9', agent: '' },
    ]);
    expect(await rows.entries(odd)).toEqual([
      {
        action: 'session.distrust',
        actor_id: null,
        actor_role: 'SYSTEM',
        outcome: 'success',
        reason: 'odd-agent',
      },
    ]);
  });

  it('distrusts both ends of a journey that nobody can make', async () => {
    const accountId = await rows.account();
    const both = [
      await signIn(accountId, { address: HELSINKI }),
      await signIn(accountId, { address: NAIROBI, kind: 'api', agent: 'curl/8.0' }),
    ];
    await process().watch.run('detection');
    expect((await distrusted(accountId)).sort()).toEqual(both.sort());
  });

  it('only tells of a program that says to be one, and tells once', async () => {
    const accountId = await rows.account();
    const sessionId = await signIn(accountId, { kind: 'api', agent: 'curl/8.0' });
    const { told, lines, ...one } = process();
    await rounds(one, 2);
    expect(told).toEqual([{ accountId, sessionId, reasons: ['odd-agent'] }]);
    expect(lines.map(({ msg, count }) => [msg, count])).toEqual([['suspicious sessions found', 1]]);
    expect([await distrusted(accountId), await rows.shown(accountId)]).toEqual([[], []]);
  });

  it('does nothing twice, and nothing to a person who has proved themselves since', async () => {
    const accountId = await rows.account();
    const sessionId = await signIn(accountId, { agent: '' });
    const one = process();
    await rounds(one, 2);
    expect(one.told).toHaveLength(1);
    await stand.store.revoke(accountId, sessionId);
    await signIn(accountId, { agent: '', provenAt: stand.now() + 60_000 });
    await rounds(one, 1);
    expect([one.told.length, await distrusted(accountId), (await rows.shown(accountId)).length]).toEqual([
      1,
      [],
      1,
    ]);
  });

  it('does nothing that it could not write, and goes on with the next account', async () => {
    const stranger = newId<AccountId>();
    await signIn(stranger, { agent: '' });
    await stand.store.create(newSession({ body: 'unreadable' }), WIDE_CAP);
    const accountId = await rows.account();
    const odd = await signIn(accountId, { agent: '' });
    const { watch, told, failures } = process();
    await watch.run('detection');
    expect(told.map(({ sessionId }) => sessionId)).toEqual([odd]);
    expect([await distrusted(stranger), failures.length]).toEqual([[], 2]);
  });

  it('gives up when nothing can be written at all', async () => {
    for (let made = 0; made < 8; made += 1) await signIn(newId<AccountId>(), { agent: '' });
    const { watch, failures } = process();
    await watch.run('detection');
    expect(failures).toHaveLength(5);
  });

  it('is done by one process of several', async () => {
    const accountId = await rows.account();
    await signIn(accountId, { agent: '', kind: 'api' });
    const all = [process(), process(), process()];
    await Promise.all(all.map(({ watch }) => watch.run('detection')));
    expect(all.flatMap(({ told }) => told)).toHaveLength(1);
  });

  it('counts once for all processes, and every one shows the figures', async () => {
    const accountId = newId<AccountId>();
    await signIn(accountId, {});
    await signIn(accountId, {});
    await signIn(newId<AccountId>(), {});
    const [one, other] = [process(), process()];
    await one.watch.run('statistics');
    await signIn(newId<AccountId>(), {});
    await other.watch.run('statistics');
    expect(
      [one, other].map(({ lines }) => lines.map(({ msg, count, accounts }) => [msg, count, accounts])),
    ).toEqual([[['sessions counted', 3, 2]], []]);
    for (const { metrics, statistics } of [one, other]) {
      expect(await figures(metrics)).toEqual({ careward_sessions: 3, careward_session_accounts: 2 });
      expect(await statistics.current()).toMatchObject({ sessions: 3, accounts: 2 });
    }
  });

  it('counts when it is asked before anybody has', async () => {
    await signIn(newId<AccountId>(), {});
    const before = stand.now();
    const { sessions, accounts, asOf } = await process().statistics.current();
    expect([sessions, accounts, Date.parse(asOf) >= before - 1]).toEqual([1, 1, true]);
  });

  it('removes what people were shown 30 days ago and revocations of sessions that are over, and nothing younger', async () => {
    const accountId = await rows.account();
    const [old, young, over, living] = [newId(), newId(), newId(), newId()];
    await rows.insertEvent(accountId, old, '30 days 1 minute');
    await rows.insertEvent(accountId, young, '29 days 23 hours');
    await rows.insertRevocation(accountId, over, '-1 minute');
    await rows.insertRevocation(accountId, living, '1 minute');
    const { watch, lines } = process();
    await watch.run('clean-up');
    const events = await db.asOwner('select id from security_event where account_id = $1', [accountId]);
    const revocations = await db.asOwner('select session_id from session_revocation where account_id = $1', [
      accountId,
    ]);
    expect([events, revocations]).toEqual([[{ id: young }], [{ session_id: living }]]);
    expect(lines.map(({ count }) => count)).toEqual([1, 1]);
  });

  it('logs a store that is down, and never rejects', async () => {
    const { watch, lines } = process();
    vi.spyOn(stand.store, 'lease').mockRejectedValue(new Error('down'));
    for (const round of ['clean-up', 'statistics', 'detection'] as const) await watch.run(round);
    vi.restoreAllMocks();
    expect(lines.map(({ level, action }) => [level, action])).toEqual([
      ['error', 'clean-up'],
      ['error', 'statistics'],
      ['error', 'detection'],
    ]);
  });

  it('counts at the start, does each round in its time, and stops after the round that runs', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const accountId = await rows.account();
    await signIn(accountId, { agent: '' });
    const { watch, lines, told } = process();
    watch.start();
    await vi.waitFor(() => expect(lines.map(({ msg }) => msg)).toEqual(['sessions counted']));
    vi.advanceTimersByTime(29 * 60_000);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(60_000);
    await vi.waitFor(() => expect(told).toHaveLength(1));
    vi.advanceTimersByTime(30 * 60_000);
    await watch.stop();
    const removed = () => lines.filter(({ msg }) => String(msg).includes('removed')).length;
    expect([removed(), vi.getTimerCount()]).toEqual([2, 0]);
    for (const round of ['clean-up', 'statistics', 'detection'] as const) await watch.run(round);
    expect(removed()).toBe(2);
  });

  /** Rounds whose leases have ended in between. */
  async function rounds(one: Pick<ReturnType<typeof process>, 'watch'>, times: number): Promise<void> {
    for (let round = 0; round < times; round += 1) {
      const lease = vi.spyOn(stand.store, 'lease').mockResolvedValue(true);
      await one.watch.run('detection');
      lease.mockRestore();
    }
  }
});

function bodyOf(now: number): SessionBody {
  return {
    rights: { platformRole: null, memberships: [] },
    clinicId: null,
    keyThumbprint: null,
    kind: 'browser',
    deviceId: null,
    methods: ['pwd'],
    provenAt: now,
    address: HELSINKI,
    agent: FIREFOX,
  };
}

async function figures(metrics: Metrics): Promise<Record<string, number | undefined>> {
  const found = await Promise.all([metrics.sessions.get(), metrics.sessionAccounts.get()]);
  return Object.fromEntries(found.map(({ name, values }) => [name, values[0]?.value]));
}
