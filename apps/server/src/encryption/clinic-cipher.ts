import type { Keyring, ScopeKey, WrappedKey } from '@careward/vault';
import { PatientCipher } from './patient-cipher.ts';
import { PATIENT_FIELDS, SEARCH_FIELDS, type SearchField } from './phi-fields.ts';

/** The keys of one clinic, unwrapped: opens its patients' keys, makes its blind indexes and fingerprints. */
export class ClinicCipher {
  readonly #keyring: Keyring;
  readonly #key: ScopeKey;
  readonly #region: string;

  constructor(keyring: Keyring, key: ScopeKey, region: string) {
    this.#keyring = keyring;
    this.#key = key;
    this.#region = region;
  }

  /** A new data key for a patient, wrapped for storage, and the cipher that uses it. */
  createPatientKey(patientId: string): { stored: WrappedKey; cipher: PatientCipher } {
    const stored = this.#keyring.createPatientKey(this.#key, patientId);
    return { stored, cipher: this.forPatient(patientId, stored) };
  }

  /** The cipher of a patient whose wrapped key was read with the row. */
  forPatient(patientId: string, stored: WrappedKey): PatientCipher {
    const key = this.#keyring.openPatientKey(this.#key, patientId, stored);
    return new PatientCipher(key, { region: this.#region, clinicId: this.#key.clinicId, patientId });
  }

  /** The blind index of a search term: equal inside this clinic, unrelated in any other. 16 bytes. */
  searchToken(field: SearchField, term: string): Buffer {
    const { table, column } = PATIENT_FIELDS[SEARCH_FIELDS[field]];
    return this.#key.blindIndex(table, column, term);
  }

  /** A keyed digest of source data: tells "unchanged" without keeping or revealing anything. 32 bytes. */
  fingerprint(purpose: 'source-key' | 'source-digest', content: string): Buffer {
    return this.#key.fingerprint(purpose, Buffer.from(content, 'utf8'));
  }
}
