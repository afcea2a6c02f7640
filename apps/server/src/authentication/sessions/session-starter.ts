// How a session begins: for somebody who has just proved who they are, or for a token of the older issuer.
//
// Defends: the number of sessions of an account, which the store holds in one step; sessions that nobody recorded, because the session
// is given out only after its entry is written; tokens of the older issuer that go on after their person's sessions were ended or the
// password was replaced. Does not ask how the person proved themselves: sign-in does.
import { createHash } from 'node:crypto';
import { mayUseBearer, needsSecondFactor } from '@careward/access-policy';
import { type AccountId, CarewardError, newId, type SessionId } from '@careward/kernel';
import type { NewSession, SessionCap } from '../../connections/index.ts';
import { anonymousContextOf, type RequestOrigin } from '../../request-context/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';
import type { LegacyClaims } from '../tokens/legacy-tokens.ts';
import { fingerprintOf } from './device-fingerprint.ts';
import type { ActingContext, Standing } from './session.repository.ts';
import { chooseClinic, rolesOf, type SessionBody, writeSessionBody } from './session-body.ts';
import type { OwnSession, SessionParts, SessionPlan } from './session-parts.ts';
import {
  type ClientBinding,
  type ProvenPerson,
  provesTwoFactors,
  type StartedSession,
} from './session-types.ts';

/** Starts sessions. */
export class SessionStarter {
  readonly #parts: SessionParts;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** Starts a session for a person who has just proved who they are. Refuses whoever may not sign in with this client. */
  async start(person: ProvenPerson, client: ClientBinding): Promise<StartedSession> {
    const { repository, plan } = this.#parts;
    const acting = actingAs(client.origin, person.accountId);
    const standing = await repository.standing(acting, null);
    if (standing === undefined || !standing.active) throw authenticationErrors.error('authentication-failed');
    const body = this.#bodyOf(person, client, standing);
    rejectUnfitSession(body, plan);
    const sessionId = newId<SessionId>(this.#parts.clock);
    const refresh = this.#parts.refreshTokens.create(person.accountId, sessionId);
    const lifetime = { idleMs: plan.idleMs, absoluteMs: plan.absoluteMs };
    const refreshHash = boundRefreshHash(refresh.hash, client.keyThumbprint);
    const session = newSession(acting, sessionId, standing, body, { ...lifetime, refreshHash });
    await this.#keep(acting, session, plan.atMaximum);
    return tokensOf(this.#parts, sessionId, body, {
      accountId: person.accountId,
      refreshToken: refresh.token,
    });
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
  async #keep(acting: ActingContext, session: NewSession, atCap: SessionCap['atCap']): Promise<void> {
    const { repository, store, events, plan } = this.#parts;
    const { accountId, sessionId } = session;
    const made = await store.create(session, { maximum: plan.maximum, atCap });
    if (!made.created) throw authenticationErrors.error('session-cap-reached');
    try {
      const now = await repository.recordStart(acting, sessionId);
      if (now.epoch > session.epoch) throw authenticationErrors.error('authentication-session-ended');
      await this.#recordCapped(acting, made.ended);
    } catch (error) {
      await store.revoke(accountId, sessionId);
      throw error;
    }
    events.emitEnterprise('authentication.succeeded', { accountId, sessionId }, acting.origin);
  }

  async #recordCapped(acting: ActingContext, sessionIds: readonly SessionId[]): Promise<void> {
    if (sessionIds.length === 0) return;
    const { repository, notifier } = this.#parts;
    const notices = await notifier.noticesOf(acting.actorId, 'session-ended-by-cap');
    const end = { sessionIds, accountId: acting.actorId, expiresAt: latestEnd(this.#parts) };
    await repository.recordEnd(acting, { ...end, action: 'session.end-by-cap' }, notices);
  }
}

function newSession(
  { actorId, origin }: ActingContext,
  sessionId: SessionId,
  { numbers }: Standing,
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

/** The tokens of a session, for its holder. */
export function tokensOf(
  { tokens, plan }: SessionParts,
  sessionId: SessionId,
  { keyThumbprint, clinicId }: SessionBody,
  { accountId, refreshToken }: { readonly accountId: AccountId; readonly refreshToken: string },
): StartedSession {
  const access = tokens.issue({ accountId, sessionId, clinicId, keyThumbprint });
  return {
    sessionId,
    accessToken: access.token,
    tokenType: keyThumbprint === null ? 'Bearer' : 'DPoP',
    expiresIn: access.expiresIn,
    refreshToken,
    refreshExpiresIn: Math.floor(plan.absoluteMs / 1_000),
  };
}

/** No session of now lives longer. */
export function latestEnd({ clock, plan }: SessionParts): Date {
  return new Date(clock.now() + plan.longestMs);
}

/**
 * Refuses a session that is not what the present rights of its person ask for: a token without a bound key where a role wants one, one
 * factor where a role wants two. Rights may have grown since the session began.
 */
export function rejectUnfitSession(
  { keyThumbprint, methods, rights }: SessionBody,
  { bearerRoles, secondFactorRoles }: Pick<SessionPlan, 'bearerRoles' | 'secondFactorRoles'>,
): void {
  const roles = rolesOf(rights);
  if (keyThumbprint === null && !mayUseBearer(roles, bearerRoles))
    throw authenticationErrors.error('authentication-key-required');
  if (needsSecondFactor(roles, secondFactorRoles) && !provesTwoFactors(methods))
    throw authenticationErrors.error('authentication-second-factor-needed');
}

/** The hash is of token and key: a token presented with another key is another token. */
export function boundRefreshHash(hash: string, keyThumbprint: string | null): string {
  if (keyThumbprint === null) return hash;
  return createHash('sha256').update(`${hash}.${keyThumbprint}`).digest('base64url');
}

/** The context of what a person does before any role. */
export function actingAs(origin: RequestOrigin, actorId: AccountId): ActingContext {
  return { ...anonymousContextOf(origin), actorId, actorRole: 'ACCOUNT' };
}
