import { type MedicalRecord, MedicalRecordPage, type Patient, PatientPage } from '@careward/api-schema';
import type { ApiClient } from '../client/api-client.ts';
import { stepFailed } from './step-failed.ts';

/** The patient of the story, with a record in the first clinic and, where the person goes there too, the row in the second. */
export interface Chosen {
  readonly patient: Patient;
  readonly record: MedicalRecord;
  readonly elsewhere: Patient | undefined;
}

/** Pages of 100 patients to look through in each clinic; a story needs one. */
const MOST_PAGES = 5;
/** Patients whose records are looked at before giving up. */
const MOST_TRIED = 50;

/** Somebody who is a patient of both clinics if there is one, else anybody with a record. `doctors` work in first and second clinic. */
export async function choosePatient(
  first: { readonly id: string; readonly doctor: ApiClient },
  second: { readonly id: string; readonly doctor: ApiClient },
): Promise<Chosen> {
  const [here, there] = await Promise.all([listPatients(first), listPatients(second)]);
  const byPerson = new Map(
    there.flatMap((patient) => signsOf(patient).map((sign) => [sign, patient] as const)),
  );
  const elsewhere = (patient: Patient) =>
    signsOf(patient)
      .map((sign) => byPerson.get(sign))
      .find(Boolean);
  const candidates = here.toSorted((a, b) => Number(!elsewhere(a)) - Number(!elsewhere(b)));
  for (const patient of candidates.slice(0, MOST_TRIED)) {
    const record = await newestRecord(first, patient.id);
    if (record !== undefined) return { patient, record, elsewhere: elsewhere(patient) };
  }
  throw stepFailed('choosing a patient', 'a patient with a visit', `none of ${here.length} patients has one`);
}

/** What two clinics know the same person by: an identifier, or the whole name with the birth date. */
function signsOf({ identifiers, name, birthDate }: Patient): string[] {
  return [...identifiers.map(({ system, value }) => `${system}|${value}`), `${name.text} ${birthDate}`];
}

async function listPatients({
  id,
  doctor,
}: {
  readonly id: string;
  readonly doctor: ApiClient;
}): Promise<Patient[]> {
  const patients: Patient[] = [];
  let query = '?limit=100';
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page = await doctor.get(PatientPage, { path: `/api/v1/patients${query}`, clinicId: id });
    patients.push(...page.items);
    if (page.nextCursor === null) break;
    query = `?limit=100&cursor=${page.nextCursor}`;
  }
  return patients;
}

async function newestRecord(
  { id, doctor }: { readonly id: string; readonly doctor: ApiClient },
  patientId: string,
): Promise<MedicalRecord | undefined> {
  const path = `/api/v1/patients/${patientId}/medical-records?limit=1`;
  const { items } = await doctor.get(MedicalRecordPage, { path, clinicId: id });
  return items[0];
}
