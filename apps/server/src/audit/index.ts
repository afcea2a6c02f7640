export { auditErrors } from './audit.errors.ts';
export { AuditEntryRepository, auditEntryInsert } from './audit-entry.repository.ts';
export type { AuditEvent, AuditOutcome } from './audit-event.ts';
export { AuditTrail } from './audit-trail.ts';
export { type RecordedAccess, recordedRead } from './recorded-read.repository.ts';
