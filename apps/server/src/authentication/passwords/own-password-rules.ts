import { needsSecondFactor, type Role } from '@careward/access-policy';
import type { ActingContext } from '../sessions/session.repository.ts';
import type { AccountRepository } from '../sign-in/account.repository.ts';
import type { AccountOwnerRepository } from '../sign-in/account-owner.repository.ts';
import type { PasswordPolicy } from './password-policy.ts';

/** What the rules look at. */
export interface OwnPasswordRulesParts {
  readonly accounts: AccountRepository;
  readonly owners: AccountOwnerRepository;
  readonly policy: PasswordPolicy;
  readonly secondFactorRoles: readonly Role[];
}

/** The rules of passwords, applied to an account that there is. */
export class OwnPasswordRules {
  readonly #parts: OwnPasswordRulesParts;

  constructor(parts: OwnPasswordRulesParts) {
    this.#parts = parts;
  }

  /** Refuses a password that is too short beside the account's factors, known to guessers, or made of what is known of its person. */
  async rejectWeak(acting: ActingContext, password: string): Promise<void> {
    const { accounts, owners, policy, secondFactorRoles } = this.#parts;
    const { email, displayName, clinicNames } = await owners.get(acting);
    const person = await accounts.findPerson(acting, null);
    const hasFactor = person !== undefined && (person.hasTotp || person.passkeys > 0);
    const hasSecondFactor = hasFactor || needsSecondFactor(person?.roles ?? [], secondFactorRoles);
    await policy.rejectWeak(password, { words: [email, displayName, ...clinicNames], hasSecondFactor });
  }
}
