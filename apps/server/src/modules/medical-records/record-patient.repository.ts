import type { PatientId, RecordId } from '@careward/kernel';
import type { WrappedKey } from '@careward/vault';
import type { ClinicDatabase } from '../../persistence/index.ts';

/** The patient of a medical record, with the highest wrapped data key; undefined when there is no such record. */
export async function findPatientOfRecord(
  clinic: ClinicDatabase,
  recordId: RecordId,
): Promise<{ id: PatientId; key: WrappedKey } | undefined> {
  const [row] = await clinic.run(
    clinic.build
      .selectFrom('medical_record as r')
      .innerJoin('patient_key as k', (join) =>
        join.onRef('k.clinic_id', '=', 'r.clinic_id').onRef('k.patient_id', '=', 'r.patient_id'),
      )
      .select(['r.patient_id', 'k.key_version', 'k.wrapped'])
      .where('r.id', '=', recordId)
      .orderBy('k.key_version', 'desc')
      .limit(1),
  );
  return row && { id: row.patient_id as PatientId, key: { version: row.key_version, wrapped: row.wrapped } };
}
