import { limitKeyOf, type RateLimitService, rateLimited } from '../../edge/index.ts';
import type { EncryptionService } from '../../encryption/index.ts';
import type { RequestOrigin } from '../../request-context/index.ts';

/**
 * Bounds the mails that strangers cause. Counted before anything is looked up, and alike for every recipient: a refusal tells nothing of
 * whether there is an account.
 */
export class MailLimits {
  readonly #limits: RateLimitService;
  readonly #encryption: EncryptionService;

  constructor(limits: RateLimitService, encryption: EncryptionService) {
    this.#limits = limits;
    this.#encryption = encryption;
  }

  /** Counts one mail to this recipient, asked for from this origin, or refuses with `edge-rate-limited`. */
  async take({ address }: RequestOrigin, recipient: string): Promise<void> {
    const byCause = await this.#limits.take('mail-cause', limitKeyOf(address));
    if (!byCause.allowed) throw rateLimited(byCause);
    const platform = await this.#encryption.forPlatform();
    const index = platform.emailIndex(recipient).toString('base64url');
    const byRecipient = await this.#limits.take('mail-recipient', index);
    if (!byRecipient.allowed) throw rateLimited(byRecipient);
  }
}
