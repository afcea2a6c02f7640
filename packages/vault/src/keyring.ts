/**
 * The hierarchy of keys: region key -> platform key or clinic key -> patient key. Each is random, 32 bytes, and stored
 * only wrapped by the one above, in an envelope whose place names its kind, owner and version.
 *
 * Defends against whoever holds the database: a wrapped key opens only as what it was made for, so one clinic's key
 * cannot be slipped to another clinic, nor one patient's to another. Deleting a patient's wrapped key from the database
 * and its backups makes every cell of that patient unreadable. It does not defend against whoever holds a region key.
 */
import { randomBytes } from 'node:crypto';
import { CarewardError, type Clock } from '@careward/kernel';
import { openCell, sealCell } from './cell.ts';
import type { CellPlace } from './cell-place.ts';
import { DataKey, keyBytes, rejectBadVersion } from './data-key.ts';
import { keyVersionOf } from './envelope.ts';
import { type OpenedFor, type OpenedKeyLimits, OpenedKeys } from './opened-keys.ts';
import type { RegionKey, RegionKeyStore } from './region-keys.ts';
import { ScopeKey, wrappingKeyOf } from './scope-key.ts';
import { vaultErrors } from './vault.errors.ts';
import type { WrappedKey } from './wrapped-key.ts';

/** What a Keyring needs. `cache` bounds the unwrapped keys kept of each kind. */
export interface KeyringOptions {
  readonly region: string;
  readonly regionKeys: RegionKeyStore;
  readonly clock: Clock;
  readonly cache?: OpenedKeyLimits;
}

type KeyKind = 'platform' | 'clinic' | 'patient';

const defaultLimits: OpenedKeyLimits = { maxKeys: 10_000, maxAgeMs: 5 * 60_000 };
const firstVersion = 1;

/** Makes and opens the keys of one region. Every failure to open is `vault-cell-unopenable`. */
export class Keyring {
  readonly #region: string;
  readonly #regionKeys: RegionKeyStore;
  readonly #scopes: OpenedKeys<ScopeKey>;
  readonly #patients: OpenedKeys<DataKey>;

  constructor({ region, regionKeys, clock, cache = defaultLimits }: KeyringOptions) {
    this.#region = region;
    this.#regionKeys = regionKeys;
    this.#scopes = new OpenedKeys(cache, clock);
    this.#patients = new OpenedKeys(cache, clock);
  }

  /** A new platform key, wrapped by the current region key. */
  createPlatformKey(version: number = firstVersion): Promise<WrappedKey> {
    return this.#createScopeKey('platform', '', version);
  }

  openPlatformKey(wrapped: WrappedKey): Promise<ScopeKey> {
    return this.#openScopeKey('platform', '', wrapped);
  }

  /** A new key for a clinic, wrapped by the current region key. */
  async createClinicKey(clinicId: string, version: number = firstVersion): Promise<WrappedKey> {
    rejectNobody(clinicId);
    return this.#createScopeKey('clinic', clinicId, version);
  }

  openClinicKey(clinicId: string, wrapped: WrappedKey): Promise<ScopeKey> {
    return this.#openScopeKey('clinic', clinicId, wrapped);
  }

  /** A new key for a patient, wrapped by the clinic's key. */
  createPatientKey(clinicKey: ScopeKey, patientId: string, version: number = firstVersion): WrappedKey {
    rejectNobody(clinicKey.clinicId);
    rejectNobody(patientId);
    rejectBadVersion(version);
    const place = this.#place('patient', clinicKey.clinicId, patientId, version);
    return { version, wrapped: sealCell(wrappingKeyOf(clinicKey), place, randomBytes(keyBytes)) };
  }

  /** A patient's key. It opens under the version of the clinic key that wrapped it: see `keyVersionOf`. */
  openPatientKey(clinicKey: ScopeKey, patientId: string, wrapped: WrappedKey): DataKey {
    const { clinicId } = clinicKey;
    const purpose: OpenedFor = { parent: clinicKey, kind: 'patient', clinicId, patientId };
    const kept = this.#patients.find(purpose, wrapped);
    if (kept) return kept;
    const place = this.#place('patient', clinicId, patientId, wrapped.version);
    const bytes = openCell(wrappingKeyOf(clinicKey), place, wrapped.wrapped);
    return this.#patients.keep(purpose, wrapped, new DataKey(wrapped.version, requireKey(bytes)));
  }

  /** Drops a patient's unwrapped keys from memory, for erasure; whoever holds a DataKey keeps it. */
  forgetPatient(clinicId: string, patientId: string): void {
    this.#patients.forgetPatient(clinicId, patientId);
  }

  /** How many unwrapped keys are held, for metrics. */
  get openedKeys(): number {
    return this.#scopes.size + this.#patients.size;
  }

  async #createScopeKey(kind: KeyKind, clinicId: string, version: number): Promise<WrappedKey> {
    rejectBadVersion(version);
    const regionKey = await this.#regionKeys.current();
    const wrapped = await regionKey.seal(this.#place(kind, clinicId, '', version), randomBytes(keyBytes));
    return { version, wrapped };
  }

  async #openScopeKey(kind: KeyKind, clinicId: string, wrapped: WrappedKey): Promise<ScopeKey> {
    const purpose: OpenedFor = { parent: undefined, kind, clinicId, patientId: '' };
    const kept = this.#scopes.find(purpose, wrapped);
    if (kept) return kept;
    const regionKey = await this.#regionKeyFor(wrapped);
    const bytes = await regionKey.open(this.#place(kind, clinicId, '', wrapped.version), wrapped.wrapped);
    return this.#scopes.keep(purpose, wrapped, new ScopeKey(wrapped.version, clinicId, requireKey(bytes)));
  }

  /** An unknown version is a forged or foreign envelope; a store out of reach is not, and stays its own error. */
  async #regionKeyFor(wrapped: WrappedKey): Promise<RegionKey> {
    try {
      return await this.#regionKeys.byVersion(keyVersionOf(wrapped.wrapped));
    } catch (error) {
      const unknown = error instanceof CarewardError && error.code === 'vault-region-key-unknown';
      throw unknown ? vaultErrors.error('vault-cell-unopenable') : error;
    }
  }

  #place(kind: KeyKind, clinicId: string, patientId: string, version: number): CellPlace {
    const rowId = String(version);
    return { region: this.#region, clinicId, patientId, table: 'vault.key', column: kind, rowId };
  }
}

function rejectNobody(id: string): void {
  if (!id) throw vaultErrors.error('vault-place-malformed', { detail: 'a key without an owner' });
}

function requireKey(bytes: Buffer): Buffer {
  if (bytes.length !== keyBytes) throw vaultErrors.error('vault-cell-unopenable');
  return bytes;
}
