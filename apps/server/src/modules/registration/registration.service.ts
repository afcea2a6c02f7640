// Patients who make their own account, where their clinic allows it.
//
// Defends: the knowledge of who has an account, since both answers, the work for them and their time are the same. Accounts under other
// people's addresses: whoever asks gives an address and nothing else, and only the reader of its mail chooses name and password.
// Clinics from being found: one that is closed and one that does not exist answer alike.
// Does not prove who a person is: what they see of a patient is decided when the clinic links the account.
import type { AccountMade, RegistrationCreate, RegistrationVerify } from '@careward/api-schema';
import { type AccountId, asClinicId, type Clock, newId } from '@careward/kernel';
import type { PasswordHasher, PasswordPolicy } from '../../authentication/index.ts';
import { anonymousContextOf, type RequestOrigin } from '../../request-context/index.ts';
import {
  clinicCode,
  createMailCode,
  type MailDelivery,
  type MailLimits,
  type MailTexts,
  parseClinicCode,
} from '../mail/index.ts';
import { usersErrors } from '../users/index.ts';
import { registrationErrors } from './registration.errors.ts';
import type { RegistrationRepository } from './registration.repository.ts';

/** How long a registration waits for its address to be confirmed, in milliseconds. */
const LIFETIME_MS = 24 * 60 * 60_000;

/** What the service needs. */
export interface RegistrationParts {
  readonly repository: RegistrationRepository;
  readonly passwords: PasswordHasher;
  readonly policy: PasswordPolicy;
  readonly limits: MailLimits;
  readonly texts: MailTexts;
  readonly delivery: MailDelivery;
  readonly clock: Clock;
}

/** Registers patients. */
export class RegistrationService {
  readonly #parts: RegistrationParts;

  constructor(parts: RegistrationParts) {
    this.#parts = parts;
  }

  /** Keeps a registration, or tells who has an account that they have one: by mail, in the same time, with the same answer. */
  async request(origin: RequestOrigin, request: RegistrationCreate): Promise<void> {
    const { repository, limits, texts, delivery, clock } = this.#parts;
    const { email } = request;
    await limits.take(origin, email);
    const context = { ...anonymousContextOf(origin), clinicId: asClinicId(request.clinicId) };
    const place = await repository.findPlace(context, email);
    if (place === undefined) throw registrationErrors.error('registration-closed');
    const { clinicName, accountEmail } = place;
    const code = createMailCode();
    const invitation = texts.registration(clinicName, clinicCode(context.clinicId, code));
    const mail = accountEmail === undefined ? invitation : texts.registrationOfAccount(clinicName);
    const expiresAt = new Date(clock.now() + LIFETIME_MS);
    const registration = { codeHash: code.hash, email, expiresAt };
    await repository.request(context, registration, { recipient: accountEmail ?? email, mail });
    delivery.wake();
  }

  /** Makes the account of whoever got the mail, with the password that they choose. A password that is refused leaves the code good. */
  async verify(
    origin: RequestOrigin,
    { code, displayName, password }: RegistrationVerify,
  ): Promise<AccountMade> {
    const { repository, passwords, policy, clock } = this.#parts;
    const parsed = parseClinicCode(code);
    if (parsed === undefined) throw usersErrors.error('mailed-code-refused');
    const context = { ...anonymousContextOf(origin), clinicId: parsed.clinicId };
    const open = await repository.findOpen(context, parsed.hash);
    if (open === undefined) throw usersErrors.error('mailed-code-refused');
    const words = [open.email, displayName, open.clinicName];
    await policy.rejectWeak(password, { words, hasSecondFactor: false }, 'password');
    const id = newId<AccountId>(clock);
    const passwordHash = await passwords.hash(password);
    await repository.verify(context, parsed.hash, { id, displayName, passwordHash });
    return { accountId: id };
  }
}
