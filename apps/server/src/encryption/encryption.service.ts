// The one door to encryption inside the server.
//
// Defends: PHI at rest. Keys are enveloped: region key -> clinic key -> patient data key -> cell; the clinic key is unwrapped
// only for code that holds a ClinicContext of that clinic. Keys that cannot be had refuse the request (fail closed).
// Does not defend against code that already runs inside the process with a granted context.
import type { Keyring, WrappedKey } from '@careward/vault';
import { LRUCache } from 'lru-cache';
import type { ClinicContext } from '../request-context/index.ts';
import { ClinicCipher } from './clinic-cipher.ts';
import { PlatformCipher } from './platform-cipher.ts';

/** Where wrapped keys are kept. The database implements it; encryption itself knows no storage. */
export interface WrappedKeySource {
  /** The highest key of the clinic that the context names. */
  clinicKey(context: ClinicContext): Promise<WrappedKey>;
  /** The highest key of the platform. */
  platformKey(): Promise<WrappedKey>;
}

/** How many clinics' ciphers are kept ready, and for how long (ms), by a clock that is read once a second. */
const READY_CLINICS = { max: 1_000, ttl: 5 * 60_000, ttlResolution: 1_000 };

/** Hands out ciphers: per clinic against its context, and for accounts. */
export class EncryptionService {
  readonly #ready = new LRUCache<string, Promise<ClinicCipher>>(READY_CLINICS);
  readonly #keyring: Keyring;
  readonly #keys: WrappedKeySource;
  readonly #region: string;
  #platform: Promise<PlatformCipher> | undefined;

  constructor(keyring: Keyring, keys: WrappedKeySource, region: string) {
    this.#keyring = keyring;
    this.#keys = keys;
    this.#region = region;
  }

  /** The cipher of the context's clinic. A cold clinic costs one database round trip, a ready one none. */
  forClinic(context: ClinicContext): Promise<ClinicCipher> {
    const ready = this.#ready.get(context.clinicId);
    if (ready !== undefined) return ready;
    const opening = this.#openClinic(context);
    this.#ready.set(context.clinicId, opening);
    opening.catch(() => this.#ready.delete(context.clinicId));
    return opening;
  }

  /** The cipher of accounts. */
  forPlatform(): Promise<PlatformCipher> {
    this.#platform ??= this.#openPlatform().catch((error: unknown) => {
      this.#platform = undefined;
      throw error;
    });
    return this.#platform;
  }

  /** A new clinic's first key, wrapped for storage. */
  createClinicKey(clinicId: string): Promise<WrappedKey> {
    return this.#keyring.createClinicKey(clinicId);
  }

  async #openClinic(context: ClinicContext): Promise<ClinicCipher> {
    const key = await this.#keyring.openClinicKey(context.clinicId, await this.#keys.clinicKey(context));
    return new ClinicCipher(this.#keyring, key, this.#region);
  }

  async #openPlatform(): Promise<PlatformCipher> {
    const key = await this.#keyring.openPlatformKey(await this.#keys.platformKey());
    return new PlatformCipher(key, this.#region);
  }
}
