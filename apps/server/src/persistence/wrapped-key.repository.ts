import type { WrappedKey } from '@careward/vault';
import type { WrappedKeySource } from '../encryption/index.ts';
import type { ClinicContext, IdentityContext } from '../request-context/index.ts';
import type { Database } from './database.ts';
import { persistenceErrors } from './persistence.errors.ts';

/** The wrapped keys as the database keeps them. */
export class WrappedKeyRepository implements WrappedKeySource {
  readonly #database: Database;
  readonly #system: IdentityContext;

  constructor(database: Database, system: IdentityContext) {
    this.#database = database;
    this.#system = system;
  }

  async clinicKey(context: ClinicContext): Promise<WrappedKey> {
    const clinic = this.#database.forClinic(context);
    const [row] = await clinic.run(
      clinic.build
        .selectFrom('clinic_key')
        .select(['key_version', 'wrapped'])
        .orderBy('key_version', 'desc')
        .limit(1),
    );
    if (row === undefined) throw persistenceErrors.error('persistence-key-missing', { detail: 'clinic key' });
    return { version: row.key_version, wrapped: row.wrapped };
  }

  async platformKey(): Promise<WrappedKey> {
    const row = await this.#findPlatformKey();
    if (row === undefined)
      throw persistenceErrors.error('persistence-key-missing', { detail: 'platform key' });
    return row;
  }

  /** Stores the platform's first key unless there is one. Of several servers that start at once, one wins. */
  async ensurePlatformKey(create: () => Promise<WrappedKey>): Promise<void> {
    if ((await this.#findPlatformKey()) !== undefined) return;
    const key = await create();
    const identity = this.#database.forIdentity(this.#system);
    await identity.run(
      identity.build
        .insertInto('platform_key')
        .values({ key_version: key.version, wrapped: key.wrapped })
        .onConflict((conflict) => conflict.doNothing()),
    );
  }

  async #findPlatformKey(): Promise<WrappedKey | undefined> {
    const identity = this.#database.forIdentity(this.#system);
    const [row] = await identity.run(
      identity.build
        .selectFrom('platform_key')
        .select(['key_version', 'wrapped'])
        .orderBy('key_version', 'desc')
        .limit(1),
    );
    return row && { version: row.key_version, wrapped: row.wrapped };
  }
}
