import { randomBytes } from 'node:crypto';
import { type AccountId, type ClinicId, newId } from '@careward/kernel';
import type { Database, ScopedDatabase, Statement } from '../src/persistence/index.ts';
import { newAccountId, newClinicId, testClinicContext, testIdentityContext } from './contexts.ts';

/** A clinic with a doctor, two patients (the first has an account) and a medical record of each. */
export interface SeededClinic {
  readonly clinicId: ClinicId;
  readonly doctorId: AccountId;
  readonly patientAccountId: AccountId;
  readonly practitionerId: string;
  /** The patient who has an account. */
  readonly own: SeededPatient;
  readonly other: SeededPatient;
}

export interface SeededPatient {
  readonly patientId: string;
  readonly recordId: string;
}

/** Two clinics with a row in every tenant table. */
export async function seedTwoClinics(database: Database): Promise<{ a: SeededClinic; b: SeededClinic }> {
  return { a: await seedClinic(database), b: await seedClinic(database) };
}

async function seedClinic(database: Database): Promise<SeededClinic> {
  const clinic: SeededClinic = {
    clinicId: newClinicId(),
    doctorId: newAccountId(),
    patientAccountId: newAccountId(),
    practitionerId: newId(),
    own: { patientId: newId(), recordId: newId() },
    other: { patientId: newId(), recordId: newId() },
  };
  await createClinic(database, clinic.clinicId);
  await createMembers(database, clinic);
  await createRows(database, clinic);
  return clinic;
}

/** Creates a clinic with its key, counter and identifier. */
export async function createClinic(database: Database, clinicId: ClinicId): Promise<void> {
  const operator = database.forOperator(testIdentityContext());
  const { build } = operator;
  await operator.batch([
    build.insertInto('clinic').values({ id: clinicId, name: 'Clinic', region: 'test' }),
    build.insertInto('clinic_key').values({ clinic_id: clinicId, key_version: 1, wrapped: randomBytes(60) }),
    build.insertInto('clinic_identifier').values({ clinic_id: clinicId, identifier: `urn:uuid:${clinicId}` }),
    build.insertInto('mrn_counter').values({ clinic_id: clinicId }),
  ]);
}

async function createMembers(database: Database, clinic: SeededClinic): Promise<void> {
  const identity = database.forIdentity(testIdentityContext({ clinicId: clinic.clinicId }));
  const { build } = identity;
  const account = (id: string) =>
    build.insertInto('account').values({
      id,
      email: randomBytes(40),
      email_index: randomBytes(16),
      display_name: randomBytes(40),
      password_hash: 'none',
    });
  await identity.batch([
    account(clinic.doctorId),
    account(clinic.patientAccountId),
    build.insertInto('membership').values([
      { clinic_id: clinic.clinicId, account_id: clinic.doctorId, role: 'DOCTOR' },
      { clinic_id: clinic.clinicId, account_id: clinic.patientAccountId, role: 'PATIENT' },
    ]),
  ]);
}

async function createRows(database: Database, clinic: SeededClinic): Promise<void> {
  const scope = database.forClinic(testClinicContext(clinic.clinicId, { actorId: clinic.doctorId }));
  await scope.batch([
    scope.build
      .insertInto('practitioner')
      .values({ clinic_id: clinic.clinicId, id: clinic.practitionerId, name: 'Dr. Test' }),
    ...patientRows(scope, clinic, clinic.own, 1, clinic.patientAccountId),
    ...patientRows(scope, clinic, clinic.other, 2, null),
  ]);
}

function patientRows(
  { build }: ScopedDatabase,
  { clinicId, practitionerId }: SeededClinic,
  { patientId, recordId }: SeededPatient,
  number: number,
  accountId: AccountId | null,
): Statement[] {
  const tenant = { clinic_id: clinicId, patient_id: patientId };
  const cells = { name: randomBytes(40), birth_date: randomBytes(40) };
  return [
    build.insertInto('patient').values({
      clinic_id: clinicId,
      id: patientId,
      mrn: `MR0000000${number}`,
      account_id: accountId,
      ...cells,
    }),
    build.insertInto('patient_key').values({ ...tenant, key_version: 1, wrapped: randomBytes(60) }),
    build.insertInto('patient_search_token').values({ ...tenant, field: 'name', token: randomBytes(16) }),
    build.insertInto('medical_record').values({
      ...tenant,
      id: recordId,
      practitioner_id: practitionerId,
      visit_start: '2026-01-05T09:00:00Z',
    }),
    build.insertInto('medical_record_version').values({
      ...tenant,
      record_id: recordId,
      version: 1,
      diagnosis: randomBytes(60),
      treatment: randomBytes(60),
      author_role: 'DOCTOR',
    }),
  ];
}
