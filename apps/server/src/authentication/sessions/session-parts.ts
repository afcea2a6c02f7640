import type { Role } from '@careward/access-policy';
import type { Clock } from '@careward/kernel';
import type { IdentityStore, SessionRecord } from '../../connections/index.ts';
import type { EventService } from '../../events/index.ts';
import type { PersonNotifier } from '../sign-in/person-notifier.ts';
import type { JwtAuthService } from '../tokens/jwt-auth.service.ts';
import type { RefreshTokens } from '../tokens/refresh-token.ts';
import type { SessionRepository } from './session.repository.ts';
import type { SessionBody } from './session-body.ts';

/** How long sessions live, and how many an account may have. Times in milliseconds. */
export interface SessionPlan {
  readonly idleMs: number;
  readonly absoluteMs: number;
  readonly maximum: number;
  readonly atMaximum: 'end-oldest' | 'refuse';
  /** No session lives longer: those of an older issuer's tokens may outlive `absoluteMs`. */
  readonly longestMs: number;
  /** Roles whose people may use tokens without a bound key. */
  readonly bearerRoles: readonly Role[];
  /** Roles whose people need a second factor. */
  readonly secondFactorRoles: readonly Role[];
}

/** A session with what it remembers. */
export interface OwnSession {
  readonly record: SessionRecord;
  readonly body: SessionBody;
}

/** What sessions are made with. */
export interface SessionParts {
  readonly store: IdentityStore;
  readonly repository: SessionRepository;
  readonly tokens: JwtAuthService;
  readonly refreshTokens: RefreshTokens;
  readonly notifier: PersonNotifier;
  readonly events: EventService;
  readonly clock: Clock;
  readonly plan: SessionPlan;
}

/** No session of now lives longer. */
export function latestEnd({ clock, plan }: SessionParts): Date {
  return new Date(clock.now() + plan.longestMs);
}
