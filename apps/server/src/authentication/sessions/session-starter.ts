// How a session begins: for somebody who has just proved who they are, or for a token of the older issuer.
//
// Defends: the number of sessions of an account, which the store holds in one step; sessions that nobody recorded, because the session
// is given out only after its entry is written; tokens of the older issuer that go on after their person's sessions were ended or the
// password was replaced. Does not ask how the person proved themselves: sign-in does.
import { CarewardError, newId, type SessionId } from '@careward/kernel';
import type { AccountNumbers, NewSession, SessionCap } from '../../connections/index.ts';
import type { RequestOrigin } from '../../request-context/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';
import { actingAs } from '../sign-in/acting-as.ts';
import type { LegacyClaims } from '../tokens/legacy-tokens.ts';
import { boundRefreshHash } from '../tokens/refresh-token.ts';
import { fingerprintOf } from './device-fingerprint.ts';
import type { ActingContext, CappedSessions, Standing } from './session.repository.ts';
import { chooseClinic, type SessionBody, writeSessionBody } from './session-body.ts';
import { rejectUnfitSession } from './session-fitness.ts';
import { latestEnd, type OwnSession, type SessionParts } from './session-parts.ts';
import { issueTokens } from './session-tokens.ts';
import type { ClientBinding, ProvenPerson, StartedSession } from './session-types.ts';

/** Starts sessions. */
export class SessionStarter {
  readonly #parts: SessionParts;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /**
   * Starts a session for a person who has just proved who they are. Refuses whoever may not sign in with this client. `since`: the
   * account's numbers as they were for the session that this one follows. When one of them was raised by the time that this one is
   * kept, it is refused with `authentication-session-ended`: whoever ended sessions in between could not see it.
   */
  async start(person: ProvenPerson, client: ClientBinding, since?: AccountNumbers): Promise<StartedSession> {
    const { repository, refreshTokens, plan, clock } = this.#parts;
    const { accountId } = person;
    const acting = actingAs(client.origin, accountId);
    const standing = await repository.standing(acting, null);
    if (standing === undefined || !standing.active) throw authenticationErrors.error('authentication-failed');
    const body = this.#bodyOf(person, client, standing);
    rejectUnfitSession(body, plan);
    const sessionId = newId<SessionId>(clock);
    const refresh = refreshTokens.create(accountId, sessionId);
    const { idleMs, absoluteMs } = plan;
    const refreshHash = boundRefreshHash(refresh.hash, client.keyThumbprint);
    const numbers = since ?? standing.numbers;
    const session = newSession(acting, sessionId, { numbers }, body, { idleMs, absoluteMs, refreshHash });
    await this.#keep(acting, session, plan.atMaximum, since);
    const absoluteExpiresAt = clock.now() + absoluteMs;
    return issueTokens(this.#parts, { accountId, sessionId, absoluteExpiresAt }, body, refresh.token);
  }

  /** The session of a token of the older issuer, made when it is first seen; undefined when it was ended or its person may not sign in. */
  async adopt(origin: RequestOrigin, legacy: LegacyClaims): Promise<OwnSession | undefined> {
    const { accountId, sessionId, expiresAt } = legacy;
    const { store, clock } = this.#parts;
    const acting = actingAs(origin, accountId);
    const standing = await this.#adoptable(acting, sessionId);
    const absoluteMs = expiresAt - clock.now();
    if (standing === undefined || absoluteMs <= 0) return undefined;
    const client = { origin, keyThumbprint: null, kind: 'api', clinicId: undefined, device: null } as const;
    // Nobody has proved anything here: what asks for a recent proof stays closed.
    const body = { ...this.#bodyOf({ accountId, methods: ['legacy'] }, client, standing), provenAt: 0 };
    const lifetime = { idleMs: absoluteMs, absoluteMs, refreshHash: '' };
    await this.#keepAdopted(acting, newSession(acting, sessionId, standing, body, lifetime));
    const record = (await store.list(accountId)).find((each) => each.sessionId === sessionId);
    return record && { record, body };
  }

  async #adoptable(acting: ActingContext, sessionId: SessionId): Promise<Standing | undefined> {
    const standing = await this.#parts.repository.standing(acting, sessionId);
    const isAdoptable = standing?.active === true && standing.takesOlderTokens && !standing.isRevoked;
    return isAdoptable ? standing : undefined;
  }

  /** Two requests may bring the token first. What was ended meanwhile is ended again: there was nothing in the store to end then. */
  async #keepAdopted(acting: ActingContext, session: NewSession): Promise<void> {
    const { accountId, sessionId } = session;
    try {
      await this.#keep(acting, session, 'end-oldest');
    } catch (error) {
      if (!(error instanceof CarewardError) || error.code !== 'session-already-exists') throw error;
    }
    if ((await this.#adoptable(acting, sessionId)) !== undefined) return;
    await this.#parts.store.revoke(accountId, sessionId);
  }

  #bodyOf(person: ProvenPerson, client: ClientBinding, { rights }: Standing): SessionBody {
    return {
      rights,
      clinicId: chooseClinic(client.clinicId, rights),
      keyThumbprint: client.keyThumbprint,
      kind: client.kind,
      deviceId: client.device,
      methods: [...person.methods],
      provenAt: this.#parts.clock.now(),
      address: client.origin.address,
      agent: client.origin.agent,
    };
  }

  /** Keeps a session, and records it. It is given to nobody before, and to nobody whose sessions were all ended meanwhile. */
  async #keep(
    acting: ActingContext,
    session: NewSession,
    atCap: SessionCap['atCap'],
    { epoch, rightsVersion }: AccountNumbers = { epoch: session.epoch, rightsVersion: Infinity },
  ): Promise<void> {
    const { repository, store, events, plan } = this.#parts;
    const { accountId, sessionId } = session;
    const made = await store.create(session, { maximum: plan.maximum, atCap });
    if (!made.created) throw authenticationErrors.error('session-cap-reached');
    try {
      const now = await repository.recordStart(acting, sessionId, await this.#cappedBy(acting, made.ended));
      if (now.epoch > epoch || now.rightsVersion > rightsVersion)
        throw authenticationErrors.error('authentication-session-ended');
    } catch (error) {
      await store.revoke(accountId, sessionId);
      throw error;
    }
    for (const ended of made.ended) {
      events.emitEnterprise('session.ended', { sessionId: ended }, acting.origin);
    }
    events.emitEnterprise('authentication.succeeded', { accountId, sessionId }, acting.origin);
  }

  /** Sessions that had to go for this one are written as ended together with its beginning. */
  async #cappedBy(
    { actorId: accountId }: ActingContext,
    sessionIds: readonly SessionId[],
  ): Promise<CappedSessions | undefined> {
    if (sessionIds.length === 0) return undefined;
    const notices = await this.#parts.notifier.noticesOf(accountId, 'session-ended-by-cap');
    return { sessionIds, expiresAt: latestEnd(this.#parts), notices };
  }
}

function newSession(
  { actorId, origin }: ActingContext,
  sessionId: SessionId,
  { numbers }: Pick<Standing, 'numbers'>,
  body: SessionBody,
  lifetime: Pick<NewSession, 'idleMs' | 'absoluteMs' | 'refreshHash'>,
): NewSession {
  const fingerprint = fingerprintOf(origin.agent);
  return {
    accountId: actorId,
    sessionId,
    ...lifetime,
    ...numbers,
    fingerprint,
    body: writeSessionBody(body),
  };
}
