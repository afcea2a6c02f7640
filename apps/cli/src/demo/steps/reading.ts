import { MedicalRecord, Patient } from '@careward/api-schema';
import { problemOf } from '../../client/api-client.ts';
import type { Shown } from '../narrator.ts';
import type { Scene } from '../scene.ts';
import { personOf } from '../staff.ts';
import { expectShown } from '../step-failed.ts';

/** A doctor of the clinic reads the record over HTTPS. */
export async function doctorReads({ server, first, record }: Scene): Promise<Shown> {
  const doctor = personOf(first, 'DOCTOR');
  await server.start();
  const answer = await doctor.client.call({ path: pathOf(record), clinicId: first.id });
  const read = MedicalRecord.safeParse(answer.body).data;
  const isRead = answer.status === 200 && read !== undefined && read.diagnosis === record.diagnosis;
  expectShown(isRead, 'a doctor reads', '200', `the answer was ${answer.status}`);
  return { outcome: '200', text: `${doctor.displayName}, ${first.name}: “${read.diagnosis}”` };
}

/** The owner of the database reads the same row. */
export async function ownerSeesCiphertext({ server, record }: Scene): Promise<Shown> {
  const [row] = await server.asOwner((query) =>
    query('select diagnosis from medical_record_version where record_id = $1 and version = $2', [
      record.id,
      record.version,
    ]),
  );
  const bytes = row?.diagnosis;
  const isSealed = Buffer.isBuffer(bytes) && !bytes.includes(record.diagnosis);
  expectShown(isSealed, 'ciphertext', 'bytes without the diagnosis', 'the row is absent or readable');
  return { outcome: 'sealed', text: `${bytes.length} bytes: ${bytes.subarray(0, 24).toString('hex')}…` };
}

/** A doctor of the other clinic, with every right there, asks for the same record. */
export async function otherClinicFindsNothing({ server, second, record }: Scene): Promise<Shown> {
  const doctor = personOf(second, 'DOCTOR');
  await server.start();
  const answer = await doctor.client.call({ path: pathOf(record), clinicId: second.id });
  const code = problemOf(answer.body)?.code ?? '';
  expectShown(answer.status === 404, 'the other clinic', '404', `the answer was ${answer.status} ${code}`);
  return { outcome: '404', text: `${doctor.displayName}, ${second.name}: ${code}` };
}

/** A receptionist sees who the patient is and not what the patient has. */
export async function receptionistIsRefused({ server, first, patient, record }: Scene): Promise<Shown> {
  const person = personOf(first, 'RECEPTIONIST');
  await server.start();
  const call = { clinicId: first.id, purpose: 'HOPERAT' } as const;
  const profile = await person.client.call({ ...call, path: `/api/v1/patients/${patient.id}` });
  const diagnosis = await person.client.call({ ...call, path: pathOf(record) });
  const { status } = diagnosis;
  const sees = profile.status === 200 && Patient.safeParse(profile.body).success;
  expectShown(
    sees && status === 403,
    'the receptionist',
    '200 and 403',
    `answers were ${profile.status} and ${status}`,
  );
  const code = problemOf(diagnosis.body)?.code ?? '';
  return {
    outcome: '403',
    text: `${person.displayName}, ${first.name}: ${code}; the patient’s name and number: 200`,
  };
}

function pathOf(record: { readonly id: string }): string {
  return `/api/v1/medical-records/${record.id}`;
}
