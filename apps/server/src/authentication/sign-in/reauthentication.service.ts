// Proving oneself again within a session, before acts that would let a thief stay (RFC 9470).
//
// Defends: accounts from whoever found a session open or stole its token. Failures count as those of sign-in do.
import type { Reauthentication } from '@careward/api-schema';
import type { Principal } from '../../request-context/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { TotpFactorRepository } from '../second-factor/totp-factor.repository.ts';
import type { ActingContext } from '../sessions/session.repository.ts';
import type { SessionManagementService } from '../sessions/session-management.service.ts';
import type { StartedSession } from '../sessions/session-types.ts';
import type { AccountRepository } from './account.repository.ts';
import type { AccountOwnerRepository } from './account-owner.repository.ts';
import type { LockoutService } from './lockout.service.ts';
import { ownSubject } from './own-attempts.ts';

/** What the service works with. */
export interface ReauthenticationParts {
  readonly accounts: AccountRepository;
  readonly owners: AccountOwnerRepository;
  readonly totp: TotpFactorRepository;
  readonly lockout: LockoutService;
  readonly passwords: PasswordHasher;
  readonly sessions: SessionManagementService;
}

/** Takes passwords and codes of people who are signed in. */
export class ReauthenticationService {
  readonly #parts: ReauthenticationParts;

  constructor(parts: ReauthenticationParts) {
    this.#parts = parts;
  }

  /**
   * A new session in place of the one whose person has proved themselves. Refuses with `authentication-failed`, `-code-wrong`, `-locked`,
   * or `authentication-proof-incomplete` when the person has a second factor and shows one of the two.
   */
  async prove(acting: ActingContext, principal: Principal, proof: Reauthentication): Promise<StartedSession> {
    await this.#rejectIncomplete(acting, proof);
    const fitted =
      proof.password === undefined
        ? undefined
        : await this.checkPassword(acting, principal, proof.password, 'session.prove');
    if (proof.code !== undefined) await this.#checkCode(acting, principal, proof.code);
    const methods = [
      ...(proof.password === undefined ? [] : ['pwd' as const]),
      ...(proof.code === undefined ? [] : ['otp' as const]),
    ];
    const person = { accountId: acting.actorId, methods };
    const session = await this.#parts.sessions.renew(person, principal, acting.origin);
    if (fitted !== undefined) await this.#rejectReplaced(acting, session, fitted);
    return session;
  }

  /** Refuses whoever does not know the present password. Answers the hash that it fitted: another one may be in its place by now. */
  async checkPassword(
    acting: ActingContext,
    principal: Principal,
    password: string,
    action: 'session.prove' | 'password.change',
  ): Promise<string> {
    const { owners, lockout, passwords, sessions } = this.#parts;
    const owner = await owners.get(acting);
    const subject = await ownSubject(sessions, principal, owner.emailIndex);
    return lockout.requireRight({ ...attemptOf(acting), kind: 'password', subject, action }, async () =>
      (await passwords.matches(password, owner.passwordHash, 'proof')) ? owner.passwordHash : undefined,
    );
  }

  /** The session is ended again when the password that was proved is no longer the account's, as that of a sign-in is. */
  async #rejectReplaced(acting: ActingContext, { sessionId }: StartedSession, fitted: string): Promise<void> {
    const { owners, sessions } = this.#parts;
    if ((await owners.get(acting)).passwordHash === fitted) return;
    await sessions.end(acting, sessionId);
    throw authenticationErrors.error('authentication-failed', { detail: 'password replaced meanwhile' });
  }

  /** One factor opens nothing that two protect (ASVS 5.0, 7.5.1). A passkey that verifies its person is shown elsewhere. */
  async #rejectIncomplete(acting: ActingContext, { password, code }: Reauthentication): Promise<void> {
    const person = await this.#parts.accounts.findPerson(acting, null);
    const hasSecondFactor = person !== undefined && (person.hasTotp || person.passkeys > 0);
    if (!hasSecondFactor || (password !== undefined && code !== undefined)) return;
    throw authenticationErrors.error('authentication-proof-incomplete');
  }

  async #checkCode(acting: ActingContext, principal: Principal, code: string): Promise<void> {
    const { totp, lockout, sessions } = this.#parts;
    const subject = await ownSubject(sessions, principal, acting.actorId);
    const attempt = {
      ...attemptOf(acting),
      kind: 'second-factor',
      subject,
      action: 'session.prove',
    } as const;
    await lockout.requireRight(attempt, async () => (await totp.use(acting, code)) || undefined);
  }
}

function attemptOf({ origin, actorId }: ActingContext) {
  return { origin, accountId: actorId };
}
