// The home folder: keys, certificates and the place of the embedded database.
//
// Defends keys from other accounts of the machine (0700, 0600, checked at every start) and production from keys that were made
// for development. What is absent is made in development; in production it is a fault, because a key that appears by itself
// is a key nobody has backed up.
import { join } from 'node:path';
import { CarewardError, type Clock, systemClock } from '@careward/kernel';
import { DiskRegionKeyStore } from '@careward/vault';
import type { Configuration } from '../../config/index.ts';
import { homeErrors } from './home.errors.ts';
import { openHomeCertificates, type TlsMaterial } from './home-certificates.ts';
import { createLedgerKeyFile, type LedgerKey, readLedgerKeyFile } from './ledger-key-file.ts';
import { readOperatorCertificate } from './operator-certificate.ts';
import { ensurePrivateFolder } from './private-file.ts';

/** Everything of the home folder that the server needs. */
export interface Home {
  readonly path: string;
  /** Folder of the embedded database; the database creates it. */
  readonly databasePath: string;
  readonly regionKeys: DiskRegionKeyStore;
  readonly ledgerKey: LedgerKey;
  /** Undefined with plain HTTP. */
  readonly tls: TlsMaterial | undefined;
}

/**
 * Creates or opens the home folder and every key in it.
 * @throws CarewardError `home-exposed`, `home-file-malformed`, `home-unusable`, `home-development-key` or a `vault-key-file-*`
 */
export async function openHome(configuration: Configuration, clock: Clock = systemClock): Promise<Home> {
  const { path } = configuration.home;
  await ensurePrivateFolder(path);
  const regionKeys = await openRegionKeys(configuration);
  const ledgerKey = await openLedgerKey(configuration);
  if (configuration.profile === 'production') rejectDevelopmentKeys({ regionKeys, ledgerKey });
  const tls = await openTls(configuration, clock);
  return { path, databasePath: join(path, 'database'), regionKeys, ledgerKey, tls };
}

async function openRegionKeys({ home, keys, profile }: Configuration): Promise<DiskRegionKeyStore> {
  const path = keys.regionKeyFile ?? join(home.path, 'region-key.json');
  try {
    return await DiskRegionKeyStore.open(path, home.region);
  } catch (error) {
    const mayCreate = keys.regionKeyFile === undefined && profile === 'development';
    if (!mayCreate || !hasCode(error, 'vault-key-file-missing')) throw error;
  }
  try {
    return await DiskRegionKeyStore.create(path, { region: home.region, origin: 'development' });
  } catch (error) {
    if (!hasCode(error, 'vault-key-file-exists')) throw error;
    return await DiskRegionKeyStore.open(path, home.region);
  }
}

async function openLedgerKey({ home, keys, profile }: Configuration): Promise<LedgerKey> {
  const { ledgerKeyFile } = keys;
  const place = { path: ledgerKeyFile ?? join(home.path, 'ledger-key.json'), region: home.region };
  if (ledgerKeyFile === undefined && profile === 'development')
    await createLedgerKeyFile(place, 'development');
  return await readLedgerKeyFile(place);
}

async function openTls({ tls, home }: Configuration, clock: Clock): Promise<TlsMaterial | undefined> {
  if (tls.plainHttp) return undefined;
  if (tls.certificateFile !== undefined && tls.keyFile !== undefined) {
    return await readOperatorCertificate(tls.certificateFile, tls.keyFile);
  }
  return await openHomeCertificates(home.path, clock);
}

/** The configuration has read the origins before; this is asked of the very keys that will be used. */
function rejectDevelopmentKeys(keys: Record<string, { readonly origin: string }>): void {
  for (const [name, { origin }] of Object.entries(keys)) {
    if (origin !== 'operator') throw homeErrors.error('home-development-key', { detail: name });
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof CarewardError && error.code === code;
}
