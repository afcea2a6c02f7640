/** The audit log as the ledger reads it: entries of every clinic. */
import type { Platform } from '../../../apps/server/src/platform/index.ts';

/** What tests look at in an entry. */
export interface AuditRow {
  readonly id: string;
  readonly clinic_id: string | null;
  readonly actor_id: string | null;
  readonly actor_role: string;
  readonly purpose: string | null;
  readonly address: string | null;
  readonly action: string;
  readonly resource_type: string;
  readonly resource_id: string | null;
  readonly patient_id: string | null;
  readonly outcome: string;
  readonly reason: string | null;
}

/** What work returned, with the entries written meanwhile, in order. */
export async function withEntries<T>(
  platform: Platform,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly entries: AuditRow[] }> {
  const sequencer = platform.database.forSequencer();
  const [last] = await sequencer.run(
    sequencer.build.selectFrom('audit_entry').select('id').orderBy('id', 'desc').limit(1),
  );
  const result = await work();
  const rows = await sequencer.run(
    sequencer.build
      .selectFrom('audit_entry')
      .selectAll()
      .where('id', '>', last?.id ?? '0')
      .orderBy('id'),
  );
  return { result, entries: rows as unknown as AuditRow[] }; // the columns that tests look at, of all there are
}
