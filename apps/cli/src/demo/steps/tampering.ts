import type { Shown } from '../narrator.ts';
import type { Scene } from '../scene.ts';
import { expectShown } from '../step-failed.ts';

/** What an entry said before it was altered. */
export interface Alteration extends Shown {
  readonly entryId: string;
  readonly before: string | null;
}

/** Somebody with the database makes the read look as if it had happened for another purpose. */
export async function ownerAltersEntry({ server }: Scene, entryId: string): Promise<Alteration> {
  const [row] = await server.asOwner(async (query) => {
    const found = await query('select purpose from audit_entry where id = $1', [entryId]);
    await query("update audit_entry set purpose = 'HPAYMT' where id = $1", [entryId]);
    return found;
  });
  expectShown(row !== undefined, 'altering an entry', `entry ${entryId}`, 'it is not in the table');
  const before = typeof row.purpose === 'string' ? row.purpose : null;
  return {
    outcome: 'altered',
    text: `entry ${entryId}: purpose ${before ?? 'none'} became HPAYMT`,
    entryId,
    before,
  };
}

/** The verification names the entry that was altered, and no other. */
export async function verificationNamesEntry({ server }: Scene, entryId: string): Promise<Shown> {
  const { ok, findings, size } = await server.verifyLedger();
  const named = findings.find((finding) => finding.entryId === entryId && finding.kind === 'altered');
  const happened = `the findings were ${findings.map(({ kind, entryId: id }) => `${kind} ${id}`).join(', ') || 'none'}`;
  expectShown(
    !ok && named !== undefined && findings.length === 1,
    'ledger verify',
    `entry ${entryId} altered`,
    happened,
  );
  return { outcome: 'found', text: `altered: entry ${entryId}, and none of the other ${size - 1}` };
}

/** With the entry as it was, the log is whole. */
export async function restoredLogIsWhole({ server }: Scene, { entryId, before }: Alteration): Promise<Shown> {
  await server.asOwner((query) =>
    query('update audit_entry set purpose = $2 where id = $1', [entryId, before]),
  );
  const { ok, size, findings } = await server.verifyLedger();
  expectShown(ok, 'ledger verify', 'a whole log', `there were ${findings.length} findings`);
  return { outcome: 'whole', text: `${size} entries, as they were written` };
}
