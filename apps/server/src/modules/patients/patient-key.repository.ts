import type { PatientId } from '@careward/kernel';
import type { WrappedKey } from '@careward/vault';
import type { ClinicDatabase } from '../../persistence/index.ts';

/** The highest wrapped data key of a patient; undefined when the clinic, or the acting person, has no such patient. */
export async function findPatientKey(clinic: ClinicDatabase, id: PatientId): Promise<WrappedKey | undefined> {
  const [key] = await clinic.run(
    clinic.build
      .selectFrom('patient_key')
      .select(['key_version', 'wrapped'])
      .where('patient_id', '=', id)
      .orderBy('key_version', 'desc')
      .limit(1),
  );
  return key && { version: key.key_version, wrapped: key.wrapped };
}
