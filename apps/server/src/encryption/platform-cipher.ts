import { Phi } from '@careward/kernel';
import { type CellPlace, openCell, type ScopeKey, sealCell } from '@careward/vault';
import { PLATFORM_FIELDS, type PlatformField } from './phi-fields.ts';
import { emailTerm } from './search-terms.ts';

/** What a digest of {@link PlatformCipher.mac} is for: no digest of one purpose is one of another. */
export type MacPurpose =
  | 'refresh-token'
  | 'dpop-nonce'
  | 'known-device'
  | 'attempt'
  | 'passkey-challenge'
  | 'openid-transaction';

/** Seals what belongs to people rather than to a clinic: the columns of accounts. */
export class PlatformCipher {
  readonly #key: ScopeKey;
  readonly #region: string;

  constructor(key: ScopeKey, region: string) {
    this.#key = key;
    this.#region = region;
  }

  /** The envelope of `value` for this column of row `rowId`. */
  seal(field: PlatformField, rowId: string, value: string): Buffer {
    return sealCell(this.#key.dataKey(), this.#cell(field, rowId), value);
  }

  /** The value of a cell, or `vault-cell-unopenable`. */
  open(field: PlatformField, rowId: string, envelope: Buffer): Phi<string> {
    return Phi.of(openCell(this.#key.dataKey(), this.#cell(field, rowId), envelope).toString('utf8'));
  }

  /** The blind index under which an account is found by its e-mail address. */
  emailIndex(email: string): Buffer {
    const { table, column } = PLATFORM_FIELDS['account.email'];
    return this.#key.blindIndex(table, column, emailTerm(email));
  }

  /** A keyed digest of a request body: tells whether an Idempotency-Key is used twice for the same request. 32 bytes. */
  requestDigest(content: string): Buffer {
    return this.#key.fingerprint('idempotency', Buffer.from(content, 'utf8'));
  }

  /**
   * A keyed digest for one purpose, the same in every process of this deployment: what the platform gave out, it recognises by it.
   * 32 bytes.
   */
  mac(purpose: MacPurpose, bytes: Buffer): Buffer {
    return this.#key.fingerprint(purpose, bytes);
  }

  #cell(field: PlatformField, rowId: string): CellPlace {
    const { table, column } = PLATFORM_FIELDS[field];
    return { region: this.#region, clinicId: '', patientId: '', table, column, rowId };
  }
}
