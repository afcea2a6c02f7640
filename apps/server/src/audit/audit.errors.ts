import { errorTable } from '@careward/kernel';

/** Refusals of the audit trail: without an entry nothing is disclosed. */
export const auditErrors = errorTable({
  'audit-unavailable': {
    category: 'unavailable',
    publicMessage: 'The access could not be recorded, so it was refused. Try again shortly.',
  },
});
