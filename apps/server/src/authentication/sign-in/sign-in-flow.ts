// What every first factor ends in: tokens, or the next step.
//
// Defends: accounts whose role or whose person asks for a second factor from being opened with one, whichever that was, and from being
// opened by a password that was replaced while it was being checked.
// Does not check any factor itself.
import { createHash } from 'node:crypto';
import { mayUseBearer, needsSecondFactor, type Role } from '@careward/access-policy';
import type { SecondFactorKind, SignInResult } from '@careward/api-schema';
import { authenticationErrors } from '../authentication.errors.ts';
import type { RecoveryCodeRepository } from '../second-factor/recovery-code.repository.ts';
import type { SessionManagementService } from '../sessions/session-management.service.ts';
import {
  type AuthenticationMethod,
  type ClientBinding,
  type ProvenPerson,
  provesTwoFactors,
  type StartedSession,
} from '../sessions/session-types.ts';
import type { AccountRepository, SignInPerson } from './account.repository.ts';
import { actingAs } from './acting-as.ts';
import type { ChallengeService, SignInChallenge, SignInChallenges } from './challenge.service.ts';
import { type KnownDeviceRepository, newDeviceId } from './known-device.repository.ts';
import { type DeviceTokens, deviceLabel } from './known-device.ts';
import type { PersonNotifier } from './person-notifier.ts';

/** What the flow works with. */
export interface SignInFlowParts {
  readonly accounts: AccountRepository;
  readonly challenges: ChallengeService;
  readonly devices: KnownDeviceRepository;
  readonly deviceTokens: DeviceTokens;
  readonly recoveryCodes: RecoveryCodeRepository;
  readonly sessions: SessionManagementService;
  readonly notifier: PersonNotifier;
  /** Whoever holds one of these roles needs a second factor. */
  readonly secondFactorRoles: readonly Role[];
  /** Whoever holds only these may do without a key of the client. */
  readonly bearerRoles: readonly Role[];
}

/** A person who has proved themselves, with what is remembered of how until the sign-in has ended. */
interface Proven extends ProvenPerson {
  /** See {@link passwordMarkOf}; null where no password was asked for. */
  readonly passwordMark: string | null;
}

/** Leads from a first factor to a session. */
export class SignInFlow implements SignInChallenges {
  readonly #parts: SignInFlowParts;

  constructor(parts: SignInFlowParts) {
    this.#parts = parts;
  }

  /**
   * Goes on after a first factor: tokens, or a challenge. `client.device` is the device that was recognised, if any; `passwordHash` the
   * hash that a password fitted. Refuses with `authentication-failed` who may not sign in.
   */
  async proceed(client: ClientBinding, person: ProvenPerson, passwordHash?: string): Promise<SignInResult> {
    const { accounts, challenges, secondFactorRoles, bearerRoles } = this.#parts;
    const proven = { ...person, passwordMark: passwordMarkOf(passwordHash) };
    const found = await accounts.findPerson(actingAs(client.origin, person.accountId), client.device);
    if (found?.active !== true) throw authenticationErrors.error('authentication-failed');
    // Judged before a code is asked for: a client that gets no session must use none up.
    if (client.keyThumbprint === null && !mayUseBearer(found.roles, bearerRoles))
      throw authenticationErrors.error('authentication-key-required');
    const device = found.knowsDevice ? client.device : null;
    const factors = factorsOf(found);
    if (provesTwoFactors(person.methods)) return this.#start({ ...client, device }, proven);
    if (factors.length > 0) {
      const opened = await challenges.open({ ...proven, device, purpose: 'second-factor' }, client);
      return { status: 'second-factor-required', factors, ...opened };
    }
    if (needsSecondFactor(found.roles, secondFactorRoles)) {
      const opened = await challenges.open({ ...proven, device, purpose: 'enrolment' }, client);
      return { status: 'enrolment-required', ...opened };
    }
    return this.#start({ ...client, device }, proven);
  }

  /** An enrolment is over as soon as the account has a factor: whoever knows the password alone must not add another one. */
  async read(challenge: string, client: ClientBinding): Promise<SignInChallenge> {
    const state = await this.#parts.challenges.read(challenge, client);
    if (state.purpose !== 'enrolment') return state;
    const found = await this.#parts.accounts.findPerson(actingAs(client.origin, state.accountId), null);
    if (found !== undefined && factorsOf(found).length === 0) return state;
    throw authenticationErrors.error('authentication-challenge-invalid', { detail: 'enrolled meanwhile' });
  }

  async complete(
    challenge: string,
    client: ClientBinding,
    methods: readonly AuthenticationMethod[],
  ): Promise<SignInResult> {
    const state = await this.#parts.challenges.take(challenge, client);
    const proven = { ...state, methods: [...new Set([...state.methods, ...methods])] };
    const result = await this.#start({ ...client, clinicId: state.clinicId, device: state.device }, proven);
    if (state.purpose !== 'enrolment') return result;
    const acting = actingAs(client.origin, state.accountId);
    return { ...result, recoveryCodes: await this.#parts.recoveryCodes.replace(acting) };
  }

  /** The session is ended again when the password that opened it is no longer the account's. */
  async #start(client: ClientBinding, proven: Proven): Promise<SignedIn> {
    const { sessions, deviceTokens } = this.#parts;
    const { accountId, methods } = proven;
    const deviceId = client.device ?? newDeviceId();
    const session = await sessions.start({ accountId, methods }, { ...client, device: deviceId });
    const passwordHash = await this.#rememberDevice(client, proven, deviceId);
    if (proven.passwordMark !== null && proven.passwordMark !== passwordMarkOf(passwordHash)) {
      await sessions.end(actingAs(client.origin, accountId), session.sessionId);
      throw authenticationErrors.error('authentication-failed', { detail: 'password replaced meanwhile' });
    }
    const deviceToken = await deviceTokens.write({ accountId, deviceId });
    return { status: 'signed-in', ...tokensOf(session), deviceToken };
  }

  async #rememberDevice(client: ClientBinding, { accountId }: Proven, deviceId: DeviceIdOf) {
    const { devices, notifier } = this.#parts;
    const isNew = client.device === null;
    const notices = isNew ? await notifier.noticesOf(accountId, 'new-device') : [];
    const label = deviceLabel(client.origin.agent);
    return devices.remember(actingAs(client.origin, accountId), { deviceId, label, isNew, notices });
  }
}

type SignedIn = Extract<SignInResult, { status: 'signed-in' }>;
type DeviceIdOf = NonNullable<ClientBinding['device']>;

function factorsOf({ hasTotp, passkeys, recoveryCodes }: SignInPerson): SecondFactorKind[] {
  if (!hasTotp && passkeys === 0) return [];
  return [
    ...(hasTotp ? (['totp'] as const) : []),
    ...(recoveryCodes > 0 ? (['recovery-code'] as const) : []),
    ...(passkeys > 0 ? (['passkey'] as const) : []),
  ];
}

function tokensOf({ sessionId: _kept, ...tokens }: StartedSession) {
  return tokens;
}

/** Tells whether a hash is still the same, without being it. */
function passwordMarkOf(passwordHash: string | null | undefined): string | null {
  if (passwordHash === undefined || passwordHash === null) return null;
  return createHash('sha256').update(passwordHash).digest('base64url');
}
