// Sessions: the one place where "signed in" is decided, on every request.
//
// Defends: sign-out, revocation and withdrawn rights that hold from the moment they return, because no token is believed without its
// living session; stolen refresh tokens, because one that was used before, or by another key, ends its session; sessions that a lost,
// restored or failed-over store would bring back, because the store's word is confirmed by the database.
// When the store cannot be asked the request is refused (fail closed): see the failure policy in docs/request-flow.md.
import type { AccountId, SessionId } from '@careward/kernel';
import type { AccountNumbers, SessionAnswer, SessionRecord } from '../../connections/index.ts';
import type { Principal, RequestOrigin } from '../../request-context/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';
import type { LegacyClaims } from '../tokens/legacy-tokens.ts';
import type { ActingContext, Standing } from './session.repository.ts';
import { chooseClinic, readSessionBody, writeSessionBody } from './session-body.ts';
import type { OwnSession, SessionParts } from './session-parts.ts';
import {
  actingAs,
  boundRefreshHash,
  latestEnd,
  rejectUnfitSession,
  SessionStarter,
  tokensOf,
} from './session-starter.ts';
import type { ClientBinding, DeviceId, ProvenPerson, StartedSession } from './session-types.ts';

/** A bound client may repeat a refresh whose answer was lost, once, for this long. */
const LOST_ANSWER_MS = 10_000;
/** No transaction that changes rights lasts longer: statements are cut off before. */
const LONGEST_CHANGE_MS = 60_000;

/** Starts, confirms, refreshes, lists and ends sessions. */
export class SessionManagementService {
  readonly #parts: SessionParts;
  readonly #starter: SessionStarter;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#starter = new SessionStarter(parts);
  }

  /** Starts a session for a person who has just proved who they are. Refuses whoever may not sign in with this client. */
  start(person: ProvenPerson, client: ClientBinding): Promise<StartedSession> {
    return this.#starter.start(person, client);
  }

  /** The session of a token of the older issuer, made when it is first seen; undefined when it was ended or its person may not sign in. */
  adopt(origin: RequestOrigin, legacy: LegacyClaims): Promise<OwnSession | undefined> {
    return this.#starter.adopt(origin, legacy);
  }

  /** What the session behind an answer of the store remembers, after the database confirmed it where needed; undefined when it has ended. */
  async confirmed(origin: RequestOrigin, answer: SessionAnswer): Promise<OwnSession | undefined> {
    if (answer.state === 'ended') return undefined;
    const { session } = answer;
    const body = readSessionBody(session.body);
    if (answer.state === 'living') return { record: session, body };
    const { accountId, sessionId } = session;
    const standing = await this.#parts.repository.standing(actingAs(origin, accountId), sessionId);
    if (!isStanding(standing, session)) {
      await this.#parts.store.revoke(accountId, sessionId);
      return undefined;
    }
    const renewed = { ...body, rights: standing.rights };
    const at = { accountId, sessionId, settles: answer.settles };
    const record = await this.#parts.store.confirm(at, standing.numbers, writeSessionBody(renewed));
    return record && { record, body: renewed };
  }

  /** Exchanges a refresh token for the next pair of tokens. Every refusal looks the same. */
  async refresh(token: string, client: ClientBinding): Promise<StartedSession> {
    const presented = this.#parts.refreshTokens.parse(token);
    if (presented === undefined) throw refused('malformed');
    const { accountId, sessionId } = presented;
    const next = this.#parts.refreshTokens.create(accountId, sessionId);
    const key = client.keyThumbprint;
    const hashes = {
      presented: boundRefreshHash(presented.hash, key),
      next: boundRefreshHash(next.hash, key),
    };
    const graceMs = key === null ? 0 : LOST_ANSWER_MS;
    const { rotation, session } = await this.#parts.store.rotateRefresh(
      { accountId, sessionId },
      hashes,
      graceMs,
    );
    if (rotation === 'reused') await this.#endReused(client.origin, accountId, sessionId);
    if (rotation === 'absent' || rotation === 'reused') throw refused(rotation);
    const current = await this.confirmed(client.origin, session);
    if (current === undefined) throw refused('ended');
    rejectUnfitSession(current.body, this.#parts.plan);
    await this.#parts.repository.recordRefresh(actingAs(client.origin, accountId), sessionId);
    const clinicId =
      client.clinicId === undefined
        ? current.body.clinicId
        : chooseClinic(client.clinicId, current.body.rights);
    return tokensOf(
      this.#parts,
      sessionId,
      { ...current.body, clinicId },
      { accountId, refreshToken: next.token },
    );
  }

  /**
   * A new session in place of the one whose person has just proved themselves again, for the same client. The old one, with every token
   * of it, is over first: whoever has a copy of those is left behind (ASVS 5.0, 7.2.4).
   */
  async renew(person: ProvenPerson, principal: Principal, origin: RequestOrigin): Promise<StartedSession> {
    const { accountId, sessionId, keyThumbprint, client, tokenClinicId } = principal;
    const current = (await this.list(accountId)).find(({ record }) => record.sessionId === sessionId);
    if (current === undefined) throw authenticationErrors.error('authentication-session-ended');
    await this.#endEach(actingAs(origin, accountId), accountId, [sessionId], 'session.renew');
    const methods = [...new Set([...current.body.methods, ...person.methods])];
    const device = current.body.deviceId as DeviceId | null;
    const clinicId = tokenClinicId ?? undefined;
    return this.start({ accountId, methods }, { origin, keyThumbprint, kind: client, clinicId, device });
  }

  /** The account's living sessions, the oldest first. */
  async list(accountId: AccountId): Promise<OwnSession[]> {
    const records = await this.#parts.store.list(accountId);
    return records.map((record) => ({ record, body: readSessionBody(record.body) }));
  }

  /** Ends one of the acting account's own sessions. When this has returned, no request of it is accepted. */
  async end(acting: ActingContext, sessionId: SessionId): Promise<void> {
    await this.#endEach(acting, acting.actorId, [sessionId]);
  }

  /** Ends all of the acting account's sessions but one. Answers how many. */
  async endOthers(acting: ActingContext, kept: SessionId): Promise<number> {
    const others = (await this.#parts.store.list(acting.actorId))
      .map((record) => record.sessionId)
      .filter((sessionId) => sessionId !== kept);
    await this.#endEach(acting, acting.actorId, others);
    return others.length;
  }

  /** Ends every session of an account at once. */
  async endAll(acting: ActingContext, accountId: AccountId): Promise<void> {
    await this.withRightsChange(accountId, () => this.#parts.repository.endAll(acting, accountId));
    this.#parts.events.emitEnterprise('account.sessions-revoked', { accountId }, acting.origin);
  }

  /** Ends every session of everybody, the own one too: for an attack of which nobody knows how far it reached. */
  async endEverybody(acting: ActingContext): Promise<void> {
    const { repository, store } = this.#parts;
    await repository.endEverybody(acting);
    let cursor = '';
    do {
      const next = await store.walk(cursor);
      for (const accountId of next.accounts) {
        await this.withRightsChange(accountId, () => repository.numbersOf(acting, accountId));
      }
      cursor = next.cursor;
    } while (cursor !== '');
  }

  /**
   * Performs a change of an account's rights, status or epoch so that it holds for the very next request. `work` is the transaction; it
   * answers the account's numbers after it. A kill in between leaves the sessions asking the database, never believing old rights.
   */
  async withRightsChange(accountId: AccountId, work: () => Promise<AccountNumbers>): Promise<void> {
    await this.#parts.store.beginChange(accountId, LONGEST_CHANGE_MS);
    const numbers = await work();
    await this.#parts.store.settleChange(accountId, numbers);
  }

  async #endEach(
    acting: ActingContext,
    accountId: AccountId,
    sessionIds: readonly SessionId[],
    action: 'session.end' | 'session.renew' = 'session.end',
  ): Promise<void> {
    if (sessionIds.length === 0) return;
    const { repository, store, events } = this.#parts;
    const end = { sessionIds, accountId, action, expiresAt: latestEnd(this.#parts) };
    // Announced like a change of rights: were the store lost halfway, it would ask the database, which says that they have ended.
    await this.withRightsChange(accountId, async () => {
      const numbers = await repository.recordEnd(acting, end);
      for (const sessionId of sessionIds) await store.revoke(accountId, sessionId);
      return numbers;
    });
    for (const sessionId of sessionIds) {
      events.emitEnterprise('session.ended', { sessionId }, acting.origin);
    }
  }

  async #endReused(origin: RequestOrigin, accountId: AccountId, sessionId: SessionId): Promise<void> {
    const { repository, notifier, events } = this.#parts;
    const notices = await notifier.noticesOf(accountId, 'refresh-token-reused');
    const action = 'session.end-by-reuse';
    const end = { sessionIds: [sessionId], accountId, action, expiresAt: latestEnd(this.#parts) } as const;
    await repository.recordEnd(actingAs(origin, accountId), end, notices);
    events.emitEnterprise('authentication.refresh-reused', { sessionId }, origin);
  }
}

function isStanding(standing: Standing | undefined, session: SessionRecord): standing is Standing {
  return standing?.active === true && !standing.isRevoked && session.epoch >= standing.numbers.epoch;
}

function refused(detail: string): Error {
  return authenticationErrors.error('authentication-refresh-refused', { detail });
}
