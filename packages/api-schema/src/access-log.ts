import { z } from 'zod';
import { Uuid } from './ids.ts';
import { pageOf } from './page.ts';
import { PurposeOfUse } from './roles.ts';
import { Instant } from './time.ts';

const Base64 = z.base64();
const Text = z.string().nullable();

/** What an entry's commitment covers, in the words of the ledger; null means not known or not applicable. */
export const LedgerEntry = z
  .strictObject({
    id: z.string(),
    at: z.string(),
    clinicId: Text,
    actorId: Text,
    actorRole: z.string(),
    purpose: Text,
    requestId: Text,
    address: Text,
    agent: Text,
    action: z.string(),
    resourceType: z.string(),
    resourceId: Text,
    patientId: Text,
    outcome: z.string(),
    reason: Text,
  })
  .meta({ id: 'LedgerEntry', description: 'An access log entry as its commitment covers it.' });
export type LedgerEntry = z.infer<typeof LedgerEntry>;

/** The file with which anybody can check offline that the entry is in the log (RFC 9162 section 2.1.3, C2SP tlog-checkpoint). */
export const InclusionProof = z
  .strictObject({
    format: z.literal('careward-inclusion-proof-v1'),
    entry: LedgerEntry,
    salt: Base64,
    leafIndex: z.int().nonnegative(),
    path: z.array(Base64).max(64),
    checkpoint: z.string(),
  })
  .meta({ id: 'InclusionProof', description: 'Proves offline that an entry is in the log.' });
export type InclusionProof = z.infer<typeof InclusionProof>;

/** How an access ended. */
export const AccessOutcome = z
  .enum(['success', 'refused', 'not-found', 'failed'])
  .meta({ id: 'AccessOutcome', description: 'How an access ended.' });
export type AccessOutcome = z.infer<typeof AccessOutcome>;

/** One access to a patient's data. `proof` is null until the entry's turn in the log has come, within seconds. */
export const AccessLogItem = z
  .strictObject({
    entryId: z.string(),
    at: Instant,
    actorId: Uuid.nullable(),
    actorRole: z.string(),
    actorName: z.string().nullable(),
    action: z.string(),
    resourceType: z.string(),
    resourceId: z.string().nullable(),
    purpose: PurposeOfUse.nullable(),
    outcome: AccessOutcome,
    address: z.string().nullable(),
    proof: InclusionProof.nullable(),
  })
  .meta({ id: 'AccessLogItem', description: 'Who, when, what and why, with its proof.' });
export type AccessLogItem = z.infer<typeof AccessLogItem>;

/** A page of the access log. */
export const AccessLogPage = pageOf(AccessLogItem, 'AccessLogPage');
export type AccessLogPage = z.infer<typeof AccessLogPage>;
