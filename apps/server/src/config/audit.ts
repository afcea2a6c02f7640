import { concern } from './concern.ts';
import { text, wholeNumber } from './fields.ts';

/** How audit entries become the ledger. */
export interface AuditConfiguration {
  /** Pause between two runs of the sequencer, in milliseconds: at most 500, so that a checkpoint is signed every second. */
  readonly sequenceIntervalMs: number;
  /** Most entries that one run takes. */
  readonly sequenceBatch: number;
  /** Name of the log in checkpoints (C2SP signed note: no space, no plus sign); undefined lets the ledger name itself by region. */
  readonly origin: string | undefined;
}

/** Reads {@link AuditConfiguration}. */
export const auditConcern = concern(
  {
    CAREWARD_AUDIT_SEQUENCE_INTERVAL_MS: wholeNumber(10, 500).default(500),
    CAREWARD_AUDIT_SEQUENCE_BATCH: wholeNumber(1, 100_000).default(4_096),
    CAREWARD_LEDGER_ORIGIN: text()
      .regex(/^[\x21-\x2a\x2c-\x7e]{1,200}$/, {
        error:
          'must be printable ASCII without spaces and plus signs; for example careward.example.org/ledger',
      })
      .optional(),
  },
  (values): AuditConfiguration => ({
    sequenceIntervalMs: values.CAREWARD_AUDIT_SEQUENCE_INTERVAL_MS,
    sequenceBatch: values.CAREWARD_AUDIT_SEQUENCE_BATCH,
    origin: values.CAREWARD_LEDGER_ORIGIN,
  }),
);
