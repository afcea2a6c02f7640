import type { MedicalRecord, PageQuery } from '@careward/api-schema';
import { type ClinicId, isUuid, type RecordId } from '@careward/kernel';
import { type PageRequest, pageErrors } from '../../request-context/index.ts';

/** A page of a person's records in all their clinics: it goes on after a record of one of them. */
export interface OwnRecordsPage extends PageRequest<RecordId> {
  readonly clinicId: ClinicId | null;
}

/** Reads a page query whose cursor is a clinic's id and a record's. Refuses others with `cursor-malformed`. */
export function ownRecordsPage({ cursor, limit }: PageQuery): OwnRecordsPage {
  if (cursor === undefined) return { limit, clinicId: null, after: null };
  const [clinicId, after, ...more] = cursor.split('_');
  if (!isUuid(clinicId) || !isUuid(after) || more.length > 0) throw pageErrors.error('cursor-malformed');
  return { limit, clinicId: clinicId as ClinicId, after: after as RecordId };
}

/** The cursor of the page after this record; null without one. */
export function ownRecordsCursor(last: MedicalRecord | undefined): string | null {
  return last === undefined ? null : `${last.clinicId}_${last.id}`;
}
