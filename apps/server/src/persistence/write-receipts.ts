import type { EncryptionService } from '../encryption/index.ts';
import { type CarewardRequest, idempotencyKey, requirePrincipal } from '../request-context/index.ts';
import type { WriteReceipt } from './write-once.ts';

/** Makes the receipt of a write from its Idempotency-Key. */
export class WriteReceipts {
  readonly #encryption: EncryptionService;

  constructor(encryption: EncryptionService) {
    this.#encryption = encryption;
  }

  /**
   * The receipt of this request, or null when it carries no key. The digest covers method, path, clinic and body. The key itself is
   * stored as a keyed digest: clients make keys of what they have at hand, such as a patient's number.
   */
  async of(request: CarewardRequest): Promise<WriteReceipt | null> {
    const key = idempotencyKey(request);
    if (key === null) return null;
    const platform = await this.#encryption.forPlatform();
    const { method, url, body } = request;
    const digest = platform.requestDigest(
      JSON.stringify([method, url, request.careward.clinicId, body ?? null]),
    );
    const stored = platform.requestDigest(`key ${key}`).toString('base64url');
    return { accountId: requirePrincipal(request).accountId, key: stored, digest };
  }
}
