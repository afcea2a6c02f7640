// Goes through all accounts and distrusts sessions that look stolen.
//
// Defends an account whose session is in strange hands: the session stays, and does nothing of weight before its person has proved
// themselves again. A session of a program is only told of when a program is all that is odd about it. What is done is written first.
// Requests come first: the walk goes in small steps with pauses. A session that cannot be read costs only its account.
import { setTimeout as delay } from 'node:timers/promises';
import type { AccountId, Clock, SessionId } from '@careward/kernel';
import { LRUCache } from 'lru-cache';
import type { IdentityStore, PlaceLookup } from '../../connections/index.ts';
import type { EventService } from '../../events/index.ts';
import type { IdentityContext } from '../../request-context/index.ts';
import { readSessionBody } from './session-body.ts';
import type { OwnSession } from './session-parts.ts';
import type { SessionWatchRepository } from './session-watch.repository.ts';
import { findSuspicious, type Suspicion } from './suspicious-sessions.ts';

/** What the detection works with. */
export interface DetectionParts {
  readonly store: IdentityStore;
  readonly repository: SessionWatchRepository;
  readonly places: PlaceLookup;
  readonly events: EventService;
  readonly clock: Clock;
  readonly context: () => IdentityContext;
  /** Told of an account that could not be looked at. */
  readonly onFailure: (error: unknown) => void;
}

/** Accounts between two pauses. */
const STEP = 50;
const PAUSE_MS = 20;
/** After as many failures the store or the database is down: the next round goes on. */
const MOST_FAILURES = 5;

/** One round after another, each through all accounts. */
export class SuspiciousSessionDetection {
  readonly #parts: DetectionParts;
  /** Sessions of programs that were told of; another process may tell of them once more. */
  readonly #told = new LRUCache<SessionId, true>({ max: 10_000 });
  #isStopped = false;

  constructor(parts: DetectionParts) {
    this.#parts = parts;
  }

  /** Goes through all accounts; answers how many sessions were found suspicious that were not before. */
  async run(): Promise<number> {
    let [found, failures] = [0, 0];
    for await (const accountId of this.#accounts()) {
      try {
        found += await this.#examine(accountId);
      } catch (error) {
        this.#parts.onFailure(error);
        failures += 1;
        if (failures >= MOST_FAILURES) break;
      }
    }
    return found;
  }

  /** Ends a round at its next step. */
  stop(): void {
    this.#isStopped = true;
  }

  async *#accounts(): AsyncGenerator<AccountId> {
    let cursor = '';
    do {
      const page = await this.#parts.store.walk(cursor);
      for (const [index, accountId] of page.accounts.entries()) {
        if (index % STEP === 0) await delay(PAUSE_MS, undefined, { ref: false });
        if (this.#isStopped) return;
        yield accountId;
      }
      cursor = page.cursor;
    } while (cursor !== '');
  }

  async #examine(accountId: AccountId): Promise<number> {
    const { store, places, clock } = this.#parts;
    const records = await store.list(accountId);
    const sessions = records.map((record) => ({ record, body: readSessionBody(record.body) }));
    let found = 0;
    for (const { sessionId, reasons } of findSuspicious(sessions, clock.now(), places)) {
      const session = sessions.find(({ record }) => record.sessionId === sessionId);
      if (session !== undefined && (await this.#act(session, reasons))) found += 1;
    }
    return found;
  }

  /** Whether anything was done: a session that is distrusted already is left as it is. */
  async #act(session: OwnSession, reasons: readonly Suspicion[]): Promise<boolean> {
    const { store, repository, events, context } = this.#parts;
    const { accountId, sessionId, needsProof } = session.record;
    const isProgram = session.body.kind === 'api' && reasons.every((reason) => reason === 'odd-agent');
    if (needsProof || (isProgram && this.#told.has(sessionId))) return false;
    if (isProgram) this.#told.set(sessionId, true);
    else {
      await repository.recordDistrust(context(), session, reasons);
      await store.distrust(accountId, sessionId);
    }
    events.emitEnterprise('session.suspicious', { accountId, sessionId, reasons });
    return true;
  }
}
