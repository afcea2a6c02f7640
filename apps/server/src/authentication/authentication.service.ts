import type { PasswordChange, RefreshRequest, SignInRequest, TokenResponse } from '@careward/api-schema';
import type { AccountId, ClinicId } from '@careward/kernel';
import type { AuditTrail } from '../audit/index.ts';
import {
  anonymousContextOf,
  type IdentityContext,
  type Principal,
  type RequestOrigin,
} from '../request-context/index.ts';
import type { AccountRepository } from './account.repository.ts';
import { authenticationErrors } from './authentication.errors.ts';
import type { JwtAuthService } from './jwt-auth.service.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { SessionManagementService, StartedSession } from './session-management.service.ts';

/** Sign-in, refresh and sign-out. Each leaves an audit entry before it answers. */
export class AuthenticationService {
  readonly #accounts: AccountRepository;
  readonly #passwords: PasswordHasher;
  readonly #sessions: SessionManagementService;
  readonly #tokens: JwtAuthService;
  readonly #audit: AuditTrail;

  constructor(parts: {
    accounts: AccountRepository;
    passwords: PasswordHasher;
    sessions: SessionManagementService;
    tokens: JwtAuthService;
    audit: AuditTrail;
  }) {
    this.#accounts = parts.accounts;
    this.#passwords = parts.passwords;
    this.#sessions = parts.sessions;
    this.#tokens = parts.tokens;
    this.#audit = parts.audit;
  }

  /** Signs in by e-mail and password. Unknown address, wrong password and disabled account answer the same, in the same time. */
  async signIn(origin: RequestOrigin, request: SignInRequest): Promise<TokenResponse> {
    const found = await this.#accounts.findByEmail(anonymousContextOf(origin), request.email);
    const matches = await this.#passwords.matches(request.password, found?.passwordHash);
    if (found === undefined || !matches || !found.active)
      throw authenticationErrors.error('authentication-failed');
    const acting = known(origin, found.id);
    const current = await this.#accounts.findWithMemberships(acting);
    if (current === undefined)
      throw authenticationErrors.error('authentication-failed', { detail: 'vanished' });
    const tokenClinicId = chooseClinic(
      request.clinicId,
      current.memberships.map((held) => held.clinicId),
    );
    await this.#recordStart(acting);
    const { account, memberships } = current;
    const person = { accountId: account.id, platformRole: account.platformRole, memberships, tokenClinicId };
    return this.#tokensOf(await this.#sessions.start(person), account.id, tokenClinicId);
  }

  /** The next pair of tokens of a living session. */
  async refresh(origin: RequestOrigin, request: RefreshRequest): Promise<TokenResponse> {
    const next = await this.#sessions.refresh(request.refreshToken);
    const { accountId, tokenClinicId } = next.principal;
    await this.#audit.record(known(origin, accountId), {
      action: 'session.refresh',
      resourceType: 'session',
      resourceId: next.sessionId,
      outcome: 'success',
    });
    return this.#tokensOf(next, accountId, tokenClinicId);
  }

  /** Replaces the own password, for whoever knows the present one, and ends every session of the account. */
  async changePassword(origin: RequestOrigin, principal: Principal, change: PasswordChange): Promise<void> {
    const acting = known(origin, principal.accountId);
    const found = await this.#accounts.findWithMemberships(acting);
    if (!(await this.#passwords.matches(change.currentPassword, found?.account.passwordHash))) {
      throw authenticationErrors.error('authentication-failed');
    }
    await this.#accounts.changePassword(acting, await this.#passwords.hash(change.newPassword));
    await this.#sessions.endAll(principal.accountId);
  }

  /** Ends the principal's session at once. */
  async signOut(origin: RequestOrigin, principal: Principal): Promise<void> {
    await this.#audit.record(known(origin, principal.accountId), {
      action: 'session.end',
      resourceType: 'session',
      resourceId: principal.sessionId,
      outcome: 'success',
    });
    await this.#sessions.end(principal.sessionId);
  }

  async #recordStart(acting: IdentityContext & { actorId: AccountId }): Promise<void> {
    await this.#audit.record(acting, {
      action: 'session.create',
      resourceType: 'account',
      resourceId: acting.actorId,
      outcome: 'success',
    });
  }

  #tokensOf(session: StartedSession, accountId: AccountId, clinicId: ClinicId | null): TokenResponse {
    const access = this.#tokens.issue(accountId, session.sessionId, clinicId);
    return {
      accessToken: access.token,
      tokenType: 'Bearer',
      expiresIn: access.expiresIn,
      refreshToken: session.refreshToken,
      refreshExpiresIn: session.refreshExpiresInSeconds,
    };
  }
}

/** The clinic that the token names: the one asked for if it is held, else the only one held. */
function chooseClinic(asked: string | undefined, held: readonly ClinicId[]): ClinicId | null {
  if (asked !== undefined) return held.find((clinicId) => clinicId === asked.toLowerCase()) ?? null;
  return held.length === 1 ? (held[0] ?? null) : null;
}

function known(origin: RequestOrigin, actorId: AccountId): IdentityContext & { actorId: AccountId } {
  return { ...anonymousContextOf(origin), actorId, actorRole: 'ACCOUNT' };
}
