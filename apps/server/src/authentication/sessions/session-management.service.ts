// Sessions: the one place where "signed in" is decided, on every request.
//
// Defends: sign-out, revocation and withdrawn rights that hold from the moment they return, because no token is believed without its
// living session; stolen refresh tokens, because one that was used before, or by another key, ends its session; sessions that a lost,
// restored or failed-over store would bring back, because the store's word is confirmed by the database.
// When the store cannot be asked the request is refused (fail closed): see the failure policy in docs/request-flow.md.
import type { AccountId, SessionId } from '@careward/kernel';
import type { AccountNumbers, SessionAnswer } from '../../connections/index.ts';
import type { AccountEvent } from '../../events/index.ts';
import type { Statement } from '../../persistence/index.ts';
import type { Principal, RequestOrigin } from '../../request-context/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';
import { actingAs } from '../sign-in/acting-as.ts';
import type { LegacyClaims } from '../tokens/legacy-tokens.ts';
import { boundRefreshHash } from '../tokens/refresh-token.ts';
import type { ActingContext, SessionEnd, Standing } from './session.repository.ts';
import { chooseClinic, readSessionBody, writeSessionBody } from './session-body.ts';
import { isAdopted, rejectUnfitSession } from './session-fitness.ts';
import { latestEnd, type OwnSession, type SessionParts } from './session-parts.ts';
import { SessionStarter } from './session-starter.ts';
import { issueTokens } from './session-tokens.ts';
import type { ClientBinding, DeviceId, ProvenPerson, StartedSession } from './session-types.ts';

/** A bound client may repeat a refresh whose answer was lost, once, for this long. */
const LOST_ANSWER_MS = 10_000;
/** No transaction that changes rights lasts longer: statements are cut off before. */
const LONGEST_CHANGE_MS = 60_000;

/** What is told of an account once a change of it is in the database. */
export interface AccountNews {
  readonly event: AccountEvent;
  readonly origin: RequestOrigin;
}

/** A change of the own account that leaves none of its other sessions alive, and what is told of it. */
export interface EndingChange {
  /** Writes the change and `ends` in one transaction. Answers the account's numbers after it, of which the change raises one. */
  readonly write: (ends: readonly Statement[]) => Promise<AccountNumbers>;
  readonly event: AccountEvent;
}

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
    if (!isStanding(standing, { record: session, body })) {
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
    const { record, body } = current;
    const clinicId =
      client.clinicId === undefined ? body.clinicId : chooseClinic(client.clinicId, body.rights);
    return issueTokens(this.#parts, record, { ...body, clinicId }, next.token);
  }

  /**
   * A new session in place of the one whose person has just proved themselves again, for the same client. The old one, with every token
   * of it, is over first: whoever has a copy of those is left behind (ASVS 5.0, 7.2.4). A proof that would not make a session that fits
   * the person's rights is refused, and the old session goes on. Refuses with `authentication-session-ended` when the old one was ended
   * by anything else, and when sessions were ended or rights were changed before the new one was there to be found.
   */
  async renew(person: ProvenPerson, principal: Principal, origin: RequestOrigin): Promise<StartedSession> {
    const { accountId, sessionId, keyThumbprint, client, tokenClinicId } = principal;
    const current = (await this.list(accountId)).find(({ record }) => record.sessionId === sessionId);
    if (current === undefined) throw authenticationErrors.error('authentication-session-ended');
    const methods = [...new Set([...current.body.methods, ...person.methods])];
    rejectUnfitSession({ ...current.body, methods }, this.#parts.plan);
    const { rightsVersion } = await this.#endForAnother(actingAs(origin, accountId), sessionId);
    const since = { epoch: current.record.epoch, rightsVersion };
    const device = current.body.deviceId as DeviceId | null;
    const clinicId = tokenClinicId ?? undefined;
    const binding = { origin, keyThumbprint, kind: client, clinicId, device };
    return this.#starter.start({ accountId, methods }, binding, since);
  }

  /** The account's living sessions, the oldest first. */
  async list(accountId: AccountId): Promise<OwnSession[]> {
    const records = await this.#parts.store.list(accountId);
    return records.map((record) => ({ record, body: readSessionBody(record.body) }));
  }

  /** Ends one of the acting account's own sessions. When this has returned, no request of it is accepted. */
  async end(acting: ActingContext, sessionId: SessionId): Promise<void> {
    await this.#endEach(acting, { sessionIds: [sessionId], action: 'session.end' });
  }

  /**
   * Ends all of the acting account's sessions but one, and what it has of the older issuer's tokens, in one transaction with a change that
   * asks for it. Answers how many sessions. What began while that was being written ends after it. Where there is none it is written all
   * the same: a session that is just being renewed is in no list, and comes to nothing by that (see `renew`).
   */
  async endOthers(acting: ActingContext, kept: SessionId, change?: EndingChange): Promise<number> {
    const others = await this.#others(acting.actorId, kept);
    const end = { sessionIds: others, action: 'session.end', olderTokens: 'all' } as const;
    await this.#endEach(acting, end, change);
    const late = await this.#others(acting.actorId, kept);
    if (late.length > 0) await this.#endEach(acting, { sessionIds: late, action: 'session.end' });
    return others.length + late.length;
  }

  /** Ends every session of an account at once. */
  async endAll(acting: ActingContext, accountId: AccountId): Promise<void> {
    const news = { event: 'account.sessions-revoked', origin: acting.origin } as const;
    await this.withRightsChange(accountId, () => this.#parts.repository.endAll(acting, accountId), news);
  }

  /** Ends every session of everybody, the own one too: for an attack of which nobody knows how far it reached. */
  async endEverybody(acting: ActingContext): Promise<void> {
    const { repository, store, events } = this.#parts;
    await repository.endEverybody(acting);
    events.emitEnterprise('platform.sessions-revoked', {}, acting.origin);
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
   * `news` are told once the work is done.
   */
  async withRightsChange(
    accountId: AccountId,
    work: () => Promise<AccountNumbers>,
    news?: AccountNews,
  ): Promise<void> {
    await this.#parts.store.beginChange(accountId, LONGEST_CHANGE_MS);
    const numbers = await work();
    if (news !== undefined) this.#parts.events.emitEnterprise(news.event, { accountId }, news.origin);
    await this.#parts.store.settleChange(accountId, numbers);
  }

  async #others(accountId: AccountId, kept: SessionId): Promise<SessionId[]> {
    const living = await this.#parts.store.list(accountId);
    return living.map(({ sessionId }) => sessionId).filter((sessionId) => sessionId !== kept);
  }

  async #endEach(
    acting: ActingContext,
    ends: Omit<SessionEnd, 'accountId' | 'expiresAt'>,
    change?: EndingChange,
  ): Promise<void> {
    const { repository, store, events } = this.#parts;
    const { actorId: accountId, origin } = acting;
    const end = { ...ends, accountId, expiresAt: latestEnd(this.#parts) };
    const { sessionIds } = end;
    const work = async () => {
      const numbers = change
        ? await change.write(repository.ends(acting, end))
        : await repository.recordEnd(acting, end);
      for (const sessionId of sessionIds) await store.revoke(accountId, sessionId);
      return numbers;
    };
    // Announced like a change of rights: were the store lost halfway, it would ask the database, which says that they have ended.
    await this.withRightsChange(accountId, work, change && { event: change.event, origin });
    for (const sessionId of sessionIds) events.emitEnterprise('session.ended', { sessionId }, origin);
  }

  /** Ends a session that another one is about to follow; answers the account's numbers then. */
  async #endForAnother(acting: ActingContext, sessionId: SessionId): Promise<AccountNumbers> {
    const { repository, store, events } = this.#parts;
    const { actorId: accountId, origin } = acting;
    await store.beginChange(accountId, LONGEST_CHANGE_MS);
    const ending = await repository.recordRenewal(acting, sessionId, latestEnd(this.#parts));
    await store.revoke(accountId, sessionId);
    await store.settleChange(accountId, ending.numbers);
    if (!ending.hasEnded) throw authenticationErrors.error('authentication-session-ended');
    events.emitEnterprise('session.ended', { sessionId }, origin);
    return ending.numbers;
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

/** An adopted session is over as soon as its person's older tokens are. */
function isStanding(standing: Standing | undefined, { record, body }: OwnSession): standing is Standing {
  if (standing?.active !== true || standing.isRevoked) return false;
  return record.epoch >= standing.numbers.epoch && (standing.takesOlderTokens || !isAdopted(body));
}

function refused(detail: string): Error {
  return authenticationErrors.error('authentication-refresh-refused', { detail });
}
