import { CarewardError } from '@careward/kernel';
import { createSigner } from '@careward/ledger';
import { DiskRegionKeyStore } from '@careward/vault';
import type { Configuration } from '../config/index.ts';
import { createLedgerKeyFile, openHome } from '../connections/index.ts';
import { ledgerOrigin } from '../platform/index.ts';

/** A key file that the operator makes for production. */
export interface OperatorKeyFile {
  readonly purpose: 'region' | 'ledger';
  readonly path: string;
  readonly region: string;
}

/** Makes a key file of origin `operator`. False, and nothing changed, when a file is there already. */
export async function createKeyFile({ purpose, path, region }: OperatorKeyFile): Promise<boolean> {
  if (purpose === 'ledger') return await createLedgerKeyFile({ path, region }, 'operator');
  try {
    await DiskRegionKeyStore.create(path, { region, origin: 'operator' });
    return true;
  } catch (error) {
    if (error instanceof CarewardError && error.code === 'vault-key-file-exists') return false;
    throw error;
  }
}

/** The ledger's verifier key in C2SP vkey form, without opening the database: it may be read while the server runs. */
export async function readVerifierKey(configuration: Configuration): Promise<string> {
  const { ledgerKey } = await openHome(configuration);
  return createSigner(ledgerOrigin(configuration), ledgerKey.seed.reveal()).verifierKey;
}
