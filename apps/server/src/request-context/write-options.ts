import { errorTable } from '@careward/kernel';
import type { CarewardRequest } from './careward-request.ts';

/** Refusals of the headers that make writes repeatable and safe against lost updates. */
const writeErrors = errorTable({
  'idempotency-key-malformed': {
    category: 'invalid-input',
    publicMessage: 'Idempotency-Key must be 1 to 200 visible ASCII characters.',
  },
  'if-match-required': {
    category: 'precondition-required',
    publicMessage:
      "Send the ETag that you last read in If-Match, so that nobody's change is overwritten unseen.",
  },
  'if-match-malformed': {
    category: 'invalid-input',
    publicMessage: 'If-Match must be one ETag exactly as it was answered, for example "3".',
  },
});

/** The request's Idempotency-Key (draft-ietf-httpapi-idempotency-key-header), or null. */
export function idempotencyKey(request: CarewardRequest): string | null {
  const value = request.headers['idempotency-key'];
  if (value === undefined) return null;
  if (typeof value !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(value)) {
    throw writeErrors.error('idempotency-key-malformed');
  }
  return value;
}

/** The version that an update is based on, from `If-Match` (RFC 9110, 13.1.1). ETags are versions in quotes. */
export function expectedVersion(request: CarewardRequest): number {
  const value = request.headers['if-match'];
  if (value === undefined) throw writeErrors.error('if-match-required');
  const match = /^"([1-9][0-9]{0,8})"$/.exec(value);
  if (match === null) throw writeErrors.error('if-match-malformed');
  return Number(match[1]);
}

/** The ETag of a version. */
export function versionTag(version: number): string {
  return `"${version}"`;
}
