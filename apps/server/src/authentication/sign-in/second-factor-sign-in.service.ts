// The second step of a sign-in: a code of the authenticator app, a recovery code, or adding an app where a role asks for one.
//
// Defends: accounts whose password is known from codes being tried: attempts count against the account over all challenges, sessions and
// clients, and a code is good once. What the challenge is bound to: see challenge.service.ts.
import type { EnrolmentConfirm, SecondFactorProof, SignInResult, TotpEnrolment } from '@careward/api-schema';
import type { EventService } from '../../events/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';
import type { RecoveryCodeRepository } from '../second-factor/recovery-code.repository.ts';
import type { TotpEnrolmentService } from '../second-factor/totp-enrolment.service.ts';
import type { TotpFactorRepository } from '../second-factor/totp-factor.repository.ts';
import type { ClientBinding } from '../sessions/session-types.ts';
import { actingAs } from './acting-as.ts';
import type { SignInChallenge } from './challenge.service.ts';
import type { AttemptSubject, LockoutService } from './lockout.service.ts';
import type { SignInFlow } from './sign-in-flow.ts';

/** What the service works with. */
export interface SecondFactorSignInParts {
  readonly totp: TotpFactorRepository;
  readonly enrolment: TotpEnrolmentService;
  readonly recoveryCodes: RecoveryCodeRepository;
  readonly lockout: LockoutService;
  readonly flow: SignInFlow;
  readonly events: EventService;
}

/** Ends sign-ins with codes. */
export class SecondFactorSignInService {
  readonly #parts: SecondFactorSignInParts;

  constructor(parts: SecondFactorSignInParts) {
    this.#parts = parts;
  }

  /** Tokens, for whoever shows a code that fits the challenge's account. */
  async complete(client: ClientBinding, proof: SecondFactorProof): Promise<SignInResult> {
    const state = await this.#read(proof.challenge, client, 'second-factor');
    const acting = actingAs(client.origin, state.accountId);
    const { totp, recoveryCodes, flow } = this.#parts;
    await this.#judge(client, state, () =>
      'code' in proof ? totp.use(acting, proof.code) : recoveryCodes.use(acting, proof.recoveryCode),
    );
    return flow.complete(proof.challenge, client, ['code' in proof ? 'otp' : 'rcv']);
  }

  /** The secret of a new authenticator app, for whoever has to add one before the first session. */
  async beginEnrolment(client: ClientBinding, challenge: string): Promise<TotpEnrolment> {
    const state = await this.#read(challenge, client, 'enrolment');
    return this.#parts.enrolment.begin(actingAs(client.origin, state.accountId));
  }

  /** Tokens and recovery codes, for whoever shows the first code of the new app. */
  async confirmEnrolment(
    client: ClientBinding,
    { challenge, code }: EnrolmentConfirm,
  ): Promise<SignInResult> {
    const state = await this.#read(challenge, client, 'enrolment');
    const acting = actingAs(client.origin, state.accountId);
    const { totp, events, flow } = this.#parts;
    await this.#judge(client, state, async () => (await totp.confirm(acting, code)) === true);
    events.emitEnterprise('account.factors-changed', { accountId: state.accountId }, client.origin);
    return flow.complete(challenge, client, ['otp']);
  }

  async #read(
    challenge: string,
    client: ClientBinding,
    purpose: SignInChallenge['purpose'],
  ): Promise<SignInChallenge> {
    const state = await this.#parts.flow.read(challenge, client);
    if (state.purpose !== purpose) throw authenticationErrors.error('authentication-challenge-invalid');
    return state;
  }

  async #judge(
    { origin }: ClientBinding,
    state: SignInChallenge,
    work: () => Promise<boolean>,
  ): Promise<void> {
    const { accountId } = state;
    const subject = factorSubject(state);
    const tried = { kind: 'second-factor', action: 'sign-in.second-factor' } as const;
    await this.#parts.lockout.requireRight(
      { ...tried, subject, origin, accountId },
      async () => (await work()) || undefined,
    );
  }
}

/** Against what a wrong code counts: the account, or its own known device. */
function factorSubject({ accountId, device }: Pick<SignInChallenge, 'accountId' | 'device'>): AttemptSubject {
  if (device === null) return { device: 'stranger', target: accountId };
  return { device: 'known', accountId, deviceId: device };
}
