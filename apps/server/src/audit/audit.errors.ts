import { errorTable } from '@careward/kernel';

/** Refusals of the audit trail and its ledger: without an entry nothing is disclosed, and nothing is signed over a doubtful log. */
export const auditErrors = errorTable({
  'audit-unavailable': {
    category: 'unavailable',
    publicMessage: 'The access could not be recorded, so it was refused. Try again shortly.',
  },
  'audit-ledger-empty': {
    category: 'not-found',
    publicMessage: 'The ledger has no checkpoint yet.',
  },
  'audit-ledger-rolled-back': {
    category: 'internal',
    publicMessage: 'The stored ledger is shorter than the one that was signed.',
  },
  'audit-ledger-forked': {
    category: 'internal',
    publicMessage: 'The stored ledger is not the one that was signed.',
  },
  'audit-ledger-inconsistent': {
    category: 'internal',
    publicMessage: 'The stored ledger contradicts itself; nothing was appended.',
  },
  'audit-clock-skewed': {
    category: 'internal',
    publicMessage: 'The clocks of server and database differ; nothing was signed.',
  },
  'audit-witness-damaged': {
    category: 'internal',
    publicMessage: 'The record of signed checkpoints cannot be used.',
  },
});
