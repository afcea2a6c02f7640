import { errorTable } from '@careward/kernel';

/** The errors of the vault. Whatever stops a cell or a wrapped key from opening is the first one, without a detail. */
export const vaultErrors = errorTable({
  'vault-cell-unopenable': { category: 'internal', publicMessage: 'A stored value could not be opened.' },
  'vault-place-malformed': { category: 'internal', publicMessage: 'The request could not be completed.' },
  'vault-text-malformed': {
    category: 'unprocessable',
    publicMessage: 'A text holds half of a character and cannot be stored unchanged.',
  },
  'vault-region-key-unknown': { category: 'unavailable', publicMessage: 'A key is not available.' },
  'vault-key-file-missing': { category: 'unavailable', publicMessage: 'The key file does not exist.' },
  'vault-key-file-refused': { category: 'unavailable', publicMessage: 'The key file is not safe to use.' },
  'vault-key-file-exists': { category: 'conflict', publicMessage: 'The key file exists already.' },
  'vault-key-file-busy': { category: 'conflict', publicMessage: 'The key file is being changed.' },
});
