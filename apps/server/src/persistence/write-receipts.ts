import type { EncryptionService } from '../encryption/index.ts';
import { type CarewardRequest, idempotencyKey, requirePrincipal } from '../request-context/index.ts';
import type { WriteReceipt } from './write-once.ts';

/** Makes the receipt of a write from its Idempotency-Key. */
export class WriteReceipts {
  readonly #encryption: EncryptionService;

  constructor(encryption: EncryptionService) {
    this.#encryption = encryption;
  }

  /** The receipt of this request, or null when it carries no key. The digest covers method, path, clinic and body. */
  async of(request: CarewardRequest): Promise<WriteReceipt | null> {
    const key = idempotencyKey(request);
    if (key === null) return null;
    const platform = await this.#encryption.forPlatform();
    const { method, url, body } = request;
    const digest = platform.requestDigest(
      JSON.stringify([method, url, request.careward.clinicId, body ?? null]),
    );
    return { accountId: requirePrincipal(request).accountId, key, digest };
  }
}
