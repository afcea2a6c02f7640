// Another e-mail address for the own account.
//
// Defends accounts from being moved to a stranger's address: the person has proved themselves a moment ago, the address before is told
// at once, and nothing changes until a code that was sent to the new one comes back from the same account. Whether the new address has
// an account is told to whoever reads its mail, and to nobody else.
import type { EmailChange } from '@careward/api-schema';
import type { AccountId, Clock } from '@careward/kernel';
import type { PersonNotifier } from '../../authentication/index.ts';
import type { IdentityContext } from '../../request-context/index.ts';
import {
  createMailCode,
  hashOfMailCode,
  type MailDelivery,
  type MailLimits,
  type MailTexts,
} from '../mail/index.ts';
import type { EmailChangeRepository } from './email-change.repository.ts';
import type { RightsChanges } from './rights-changes.ts';

/** How long a code is good, in milliseconds. */
const LIFETIME_MS = 30 * 60_000;

/** What the service needs. */
export interface EmailChangeParts {
  readonly repository: EmailChangeRepository;
  readonly sessions: RightsChanges;
  readonly notifier: PersonNotifier;
  readonly limits: MailLimits;
  readonly texts: MailTexts;
  readonly delivery: MailDelivery;
  readonly clock: Clock;
}

type Acting = IdentityContext & { readonly actorId: AccountId };

/** Changes the own e-mail address. */
export class EmailChangeService {
  readonly #parts: EmailChangeParts;

  constructor(parts: EmailChangeParts) {
    this.#parts = parts;
  }

  /** Sends a code to the new address and a warning to the present one. */
  async request(acting: Acting, { email }: EmailChange): Promise<void> {
    const { repository, limits, texts, delivery, clock } = this.#parts;
    await limits.take(acting.origin, email);
    const { code, hash } = createMailCode();
    await repository.open(acting, {
      email,
      codeHash: hash,
      expiresAt: new Date(clock.now() + LIFETIME_MS),
      confirmation: texts.emailConfirmation(code),
      warning: texts.emailChangeAsked(),
    });
    delivery.wake();
  }

  /** Changes the address. */
  async confirm(acting: Acting, code: string): Promise<void> {
    const { repository, sessions, notifier, delivery } = this.#parts;
    const notices = await notifier.noticesOf(acting.actorId, 'email-changed');
    await sessions.withRightsChange(acting.actorId, () =>
      repository.confirm(acting, hashOfMailCode(code), notices),
    );
    delivery.wake();
  }
}
