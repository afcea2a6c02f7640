export { auditErrors } from './audit.errors.ts';
export { type AuditEvent, type AuditOutcome, AuditTrail } from './audit-trail.ts';
export { recordedRead, type RecordedAccess } from './recorded-read.ts';
