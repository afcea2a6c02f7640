// Sessions: the one place where "signed in" is decided, on every request.
//
// Defends: sign-out and revocation that take effect at once, because no token is believed without its living session; replayed
// refresh tokens, because a used one ends its session.
// When the session store cannot be asked, the request is refused (fail closed): see the failure policy in docs/request-flow.md.
import { ROLES } from '@careward/access-policy';
import {
  type AccountId,
  asClinicId,
  type ClinicId,
  type Clock,
  newId,
  type SessionId,
} from '@careward/kernel';
import * as z from 'zod';
import type { SessionStore } from '../connections/index.ts';
import type { EventService } from '../events/index.ts';
import type { Membership, Principal } from '../request-context/index.ts';
import { authenticationErrors } from './authentication.errors.ts';
import { createRefreshToken, parseRefreshToken } from './refresh-token.ts';

/** How long sessions live, in milliseconds. */
export interface SessionLimits {
  readonly idleMs: number;
  readonly absoluteMs: number;
}

/** A session as its holder gets it. */
export interface StartedSession {
  readonly sessionId: SessionId;
  readonly refreshToken: string;
  readonly refreshExpiresInSeconds: number;
}

/** What a session remembers of its person. */
export interface SessionPerson {
  readonly accountId: AccountId;
  readonly platformRole: 'SUPER_ADMIN' | null;
  readonly memberships: readonly Membership[];
  readonly tokenClinicId: ClinicId | null;
}

const clinicIdSchema = z.string().transform(asClinicId);
const rememberedSchema = z.object({
  platformRole: z.literal('SUPER_ADMIN').nullable(),
  memberships: z.array(z.object({ clinicId: clinicIdSchema, roles: z.array(z.enum(ROLES)) })),
  tokenClinicId: clinicIdSchema.nullable(),
});

/** Creates, reads, refreshes and ends sessions. */
export class SessionManagementService {
  readonly #store: SessionStore;
  readonly #clock: Clock;
  readonly #limits: SessionLimits;
  readonly #events: EventService;

  constructor(store: SessionStore, clock: Clock, limits: SessionLimits, events: EventService) {
    this.#store = store;
    this.#clock = clock;
    this.#limits = limits;
    this.#events = events;
  }

  /** Starts a session for a person who has just proved who they are. */
  async start(person: SessionPerson): Promise<StartedSession> {
    const sessionId = newId<SessionId>(this.#clock);
    const refresh = createRefreshToken(sessionId);
    const now = this.#clock.now();
    await this.#store.create({
      sessionId,
      accountId: person.accountId,
      createdAt: now,
      absoluteExpiresAt: now + this.#limits.absoluteMs,
      idleMs: this.#limits.idleMs,
      refreshHash: refresh.hash,
      principal: JSON.stringify(rememberedSchema.parse(person)),
    });
    this.#events.emitEnterprise('authentication.succeeded', { accountId: person.accountId, sessionId });
    return {
      sessionId,
      refreshToken: refresh.token,
      refreshExpiresInSeconds: Math.floor(this.#limits.absoluteMs / 1_000),
    };
  }

  /** The person behind a living session, which is thereby touched; undefined when it has ended. */
  async findPrincipal(sessionId: SessionId): Promise<Principal | undefined> {
    const session = await this.#store.check(sessionId);
    if (session === undefined) return undefined;
    const remembered = rememberedSchema.parse(JSON.parse(session.principal));
    return { ...remembered, accountId: session.accountId, sessionId };
  }

  /** Exchanges a refresh token for the next one. A token used twice ends the session; all refusals look the same. */
  async refresh(token: string): Promise<StartedSession & { principal: Principal }> {
    const presented = parseRefreshToken(token);
    if (presented === undefined) throw refused('malformed');
    const principal = await this.findPrincipal(presented.sessionId);
    if (principal === undefined) throw refused('no session');
    const next = createRefreshToken(presented.sessionId);
    const rotation = await this.#store.rotateRefresh(presented.sessionId, presented.hash, next.hash);
    if (rotation === 'reused') {
      this.#events.emitEnterprise('authentication.refresh-reused', { sessionId: presented.sessionId });
    }
    if (rotation !== 'rotated') throw refused(rotation);
    return {
      sessionId: presented.sessionId,
      principal,
      refreshToken: next.token,
      refreshExpiresInSeconds: Math.floor(this.#limits.absoluteMs / 1_000),
    };
  }

  /** Ends one session. When this has returned, no request of it is accepted. */
  async end(sessionId: SessionId): Promise<void> {
    await this.#store.revoke(sessionId);
    this.#events.emitEnterprise('session.ended', { sessionId });
  }

  /** Ends every session of an account: its rights have changed. */
  async endAll(accountId: AccountId): Promise<void> {
    await this.#store.revokeAccount(accountId);
    this.#events.emitEnterprise('account.sessions-revoked', { accountId });
  }
}

function refused(detail: string): Error {
  return authenticationErrors.error('authentication-refresh-refused', { detail });
}
