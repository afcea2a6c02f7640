import { CarewardError, errorTable } from '@careward/kernel';

/**
 * Every refusal of the ledger that is thrown. What a verifier finds wrong in a log is not an error but a
 * finding; these are inputs nobody can work with, or a store that is not the one that was signed.
 */
export const ledgerErrors = errorTable({
  'ledger-entry-malformed': {
    category: 'invalid-input',
    publicMessage: 'The ledger entry does not have the required fields in the required form.',
  },
  'ledger-salt-malformed': {
    category: 'invalid-input',
    publicMessage: 'The salt of a ledger entry must be exactly 32 bytes.',
  },
  'ledger-commitment-malformed': {
    category: 'invalid-input',
    publicMessage: 'A ledger commitment must be exactly 32 bytes.',
  },
  'ledger-verifier-key-malformed': {
    category: 'invalid-input',
    publicMessage: 'The verifier key is not a valid Ed25519 key in the signed-note text form.',
  },
  'ledger-signing-key-malformed': {
    category: 'invalid-input',
    publicMessage: 'The signing key must be a 32-byte Ed25519 seed with a valid key name.',
  },
  'ledger-note-malformed': {
    category: 'invalid-input',
    publicMessage: 'The text is not a signed note.',
  },
  'ledger-signature-invalid': {
    category: 'unprocessable',
    publicMessage: 'The note carries no valid signature of the expected key.',
  },
  'ledger-checkpoint-malformed': {
    category: 'invalid-input',
    publicMessage: 'The note is not a checkpoint of this ledger format.',
  },
  'ledger-proof-malformed': {
    category: 'invalid-input',
    publicMessage: 'The file is not an inclusion proof of this ledger format.',
  },
  'ledger-index-out-of-range': {
    category: 'invalid-input',
    publicMessage: 'The leaf index or tree size lies outside the ledger.',
  },
  'ledger-tile-missing': {
    category: 'internal',
    publicMessage: 'A stored part of the ledger is missing or damaged.',
  },
  'ledger-state-mismatch': {
    category: 'internal',
    publicMessage: 'The stored ledger is not the one that was signed last; nothing was appended.',
  },
});

/** True for a refusal of this package, so that a verifier can turn it into a finding and let all else through. */
export function isLedgerError(error: unknown): boolean {
  return error instanceof CarewardError && Object.hasOwn(ledgerErrors.codes, error.code);
}
