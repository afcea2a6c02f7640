// Which of an account's sessions look as if somebody else had them.
//
// Defends against stolen sessions and shared accounts that no single request shows: sign-ins from many addresses, from places that
// nobody reaches in the time between, by programs where a person is expected, sessions left alone for a day. Nobody can tell which of
// two sessions is the stranger's, so both are suspicious. All these are hints: what comes of one is that the person has to prove
// themselves again, and whoever did so since is not suspected for the same again.
// Does not notice a thief in the same town with the same browser, and looks only at sessions that live.
import type { SessionId } from '@careward/kernel';
import type { Place, PlaceLookup } from '../../connections/index.ts';
import { greatCircleKm } from './great-circle.ts';
import { networkOf } from './network-of.ts';
import { isOddAgent } from './odd-agent.ts';
import type { OwnSession } from './session-parts.ts';

/** A suspicious session with every reason, each once. */
export interface SuspiciousSession {
  readonly sessionId: SessionId;
  readonly reasons: readonly Suspicion[];
}

/** Why a session is suspicious. */
export type Suspicion = keyof typeof RULES;

/** What a rule looks at: one account's living sessions, the oldest first. */
interface Scene {
  readonly sessions: readonly OwnSession[];
  readonly now: number;
  readonly places: PlaceLookup;
}

/** Sessions that a rule finds, and when what it found began. */
interface Finding {
  readonly sessions: readonly OwnSession[];
  readonly since: number;
}

type Rule = (scene: Scene) => readonly Finding[];

const HOUR_MS = 3_600_000;
/** A practice, a home and a telephone are no reason to ask. */
const MOST_ADDRESSES = 3;
const LONG_IDLE_MS = 24 * HOUR_MS;
/** An airliner. */
const FASTEST_KM_PER_HOUR = 900;
/** Tables of places are wrong by as much. Both ends may be, so that places less than 200 km apart never count. */
const UNCERTAINTY_KM = 100;
/** The clocks of the store and of this server may differ by as much: a sign-in is no proof given afterwards. */
const CLOCK_MARGIN_MS = 10_000;

const RULES = {
  'many-addresses': manyAddresses,
  'odd-agent': oddAgents,
  'long-idle': longIdle,
  'impossible-travel': impossibleTravel,
} as const satisfies Record<string, Rule>;

/** Looks at the living sessions of one account. `now` in epoch milliseconds. */
export function findSuspicious(
  sessions: readonly OwnSession[],
  now: number,
  places: PlaceLookup,
): SuspiciousSession[] {
  const scene = { sessions: sessions.toSorted(byAge), now, places };
  const found = (Object.keys(RULES) as Suspicion[]).flatMap((reason) =>
    RULES[reason](scene)
      .flatMap(unproven)
      .map((sessionId) => ({ sessionId, reason })),
  );
  const reasons = Map.groupBy(found, ({ sessionId }) => sessionId);
  return [...reasons].map(([sessionId, each]) => ({
    sessionId,
    reasons: [...new Set(each.map(({ reason }) => reason))],
  }));
}

/** More than three addresses among the living sessions; of IPv6 the addresses of one network are one. */
function manyAddresses({ sessions }: Scene): Finding[] {
  const known = new Set<string>();
  const located = sessions.flatMap((session) => {
    const network = networkOf(session.body.address);
    return network === undefined ? [] : [{ session, network }];
  });
  let since = 0;
  for (const { session, network } of located) {
    if (!known.has(network)) since = session.record.createdAt;
    known.add(network);
  }
  return known.size > MOST_ADDRESSES ? [{ sessions: located.map(({ session }) => session), since }] : [];
}

function oddAgents({ sessions }: Scene): Finding[] {
  return sessions
    .filter(({ body }) => isOddAgent(body.agent))
    .map((session) => ({ sessions: [session], since: session.record.createdAt }));
}

/** Only where sessions may be idle for so long at all. */
function longIdle({ sessions, now }: Scene): Finding[] {
  return sessions
    .filter(({ record }) => now - record.lastSeenAt > LONG_IDLE_MS)
    .map((session) => ({ sessions: [session], since: session.record.lastSeenAt }));
}

/** Two sessions, one after the other, from places farther apart than anybody travels between their beginnings. */
function impossibleTravel({ sessions, places }: Scene): Finding[] {
  const placed = sessions.flatMap((session) => {
    const place = places.find(session.body.address);
    return place === undefined ? [] : [{ session, place, at: session.record.createdAt }];
  });
  return placed.flatMap((later, index) => {
    const earlier = placed[index - 1];
    if (earlier === undefined || isReachable(earlier.place, later.place, later.at - earlier.at)) return [];
    return [{ sessions: [earlier.session, later.session], since: later.at }];
  });
}

function isReachable(one: Place, other: Place, withinMs: number): boolean {
  const km = greatCircleKm(one, other) - 2 * UNCERTAINTY_KM;
  return km <= (FASTEST_KM_PER_HOUR * withinMs) / HOUR_MS;
}

function unproven({ sessions, since }: Finding): SessionId[] {
  return sessions
    .filter(({ body }) => body.provenAt <= since + CLOCK_MARGIN_MS)
    .map(({ record }) => record.sessionId);
}

function byAge({ record: one }: OwnSession, { record: other }: OwnSession): number {
  return one.createdAt - other.createdAt || (one.sessionId < other.sessionId ? -1 : 1);
}
