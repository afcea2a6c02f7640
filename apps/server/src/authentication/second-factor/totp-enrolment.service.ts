import type { TotpEnrolment } from '@careward/api-schema';
import { authenticationErrors } from '../authentication.errors.ts';
import type { ActingContext } from '../sessions/session.repository.ts';
import type { AccountOwnerRepository } from '../sign-in/account-owner.repository.ts';
import { newTotpSecret, totpUri } from './totp.ts';
import type { TotpFactorRepository } from './totp-factor.repository.ts';

/** Begins to add authenticator apps. */
export class TotpEnrolmentService {
  readonly #totp: TotpFactorRepository;
  readonly #owners: AccountOwnerRepository;

  constructor(totp: TotpFactorRepository, owners: AccountOwnerRepository) {
    this.#totp = totp;
    this.#owners = owners;
  }

  /** A secret to be confirmed, which takes the place of one begun earlier. Refuses with `second-factor-present`. */
  async begin(acting: ActingContext): Promise<TotpEnrolment> {
    const secret = newTotpSecret();
    if (!(await this.#totp.begin(acting, secret))) throw authenticationErrors.error('second-factor-present');
    const { email } = await this.#owners.get(acting);
    return { secret, otpauthUri: totpUri(secret, email) };
  }
}
