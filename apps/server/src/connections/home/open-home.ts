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
import { readOperatorCertificate } from './operator-certificate.ts';
import { ensurePrivateFolder } from './private-file.ts';
import {
  createSigningKeyFile,
  readSigningKeyFile,
  type SigningKey,
  type SigningKeyPlace,
  type SigningPurpose,
} from './signing-key-file.ts';

/** Everything of the home folder that the server needs. */
export interface Home {
  readonly path: string;
  /** Folder of the embedded database; the database creates it. */
  readonly databasePath: string;
  readonly regionKeys: DiskRegionKeyStore;
  readonly tokenKey: SigningKey;
  readonly ledgerKey: SigningKey;
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
  const tokenKey = await openSigningKey(configuration, 'token', configuration.keys.tokenKeyFile);
  const ledgerKey = await openSigningKey(configuration, 'ledger', configuration.keys.ledgerKeyFile);
  if (configuration.profile === 'production') rejectDevelopmentKeys({ regionKeys, tokenKey, ledgerKey });
  const tls = await openTls(configuration, clock);
  return { path, databasePath: join(path, 'database'), regionKeys, tokenKey, ledgerKey, tls };
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

async function openSigningKey(
  { home, profile }: Configuration,
  purpose: SigningPurpose,
  configured: string | undefined,
): Promise<SigningKey> {
  const place: SigningKeyPlace = {
    path: configured ?? join(home.path, `${purpose}-key.json`),
    purpose,
    region: home.region,
  };
  if (configured === undefined && profile === 'development') await createSigningKeyFile(place, 'development');
  return await readSigningKeyFile(place);
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
