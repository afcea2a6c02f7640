import { randomBytes } from 'node:crypto';
import { newId } from '@careward/kernel';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newAccountId, testClinicContext, testIdentityContext } from '../../test-harness/contexts.ts';
import { openTestDatabase, type TestDatabase } from '../../test-harness/database.ts';
import { type SeededClinic, seedTwoClinics } from '../../test-harness/seeded-clinics.ts';
import { databaseFailureOf } from './database-failure.ts';
import type { ClinicDatabase } from './scoped-database.ts';
import type { Statement } from './statement.ts';

const PATIENT_TABLES = [
  'patient_key',
  'patient_search_token',
  'medical_record',
  'medical_record_version',
] as const;
const cells = () => ({ name: randomBytes(40), birth_date: randomBytes(40) });
const version = () => ({ diagnosis: randomBytes(60), treatment: randomBytes(60), author_role: 'DOCTOR' });

describe('clinic isolation', () => {
  let test: TestDatabase;
  let a: SeededClinic;
  let b: SeededClinic;
  let clinic: ClinicDatabase;
  beforeAll(async () => {
    test = await openTestDatabase();
    ({ a, b } = await seedTwoClinics(test.database));
    clinic = test.database.forClinic(testClinicContext(a.clinicId, { actorId: a.doctorId }));
  });
  afterAll(() => test.close());

  it('shows a clinic its own rows and no others, whatever the statement asks for', async () => {
    for (const table of [
      'patient',
      ...PATIENT_TABLES,
      'audit_entry',
      'practitioner',
      'clinic_key',
      'mrn_counter',
    ] as const) {
      const rows = await clinic.run(clinic.build.selectFrom(table).select('clinic_id').distinct());
      expect(rows).toEqual([{ clinic_id: a.clinicId }]);
      const foreign = clinic.build.selectFrom(table).select('clinic_id').where('clinic_id', '=', b.clinicId);
      expect(await clinic.run(foreign)).toEqual([]);
    }
    expect(await clinic.run(clinic.build.selectFrom('clinic').select('id'))).toEqual([{ id: a.clinicId }]);
  });

  it('refuses rows of another clinic', async () => {
    const { build } = clinic;
    const foreign = { clinic_id: b.clinicId, patient_id: b.own.patientId };
    const statements: Statement[] = [
      build
        .insertInto('patient')
        .values({ clinic_id: b.clinicId, id: newId(), mrn: 'MR00000099', ...cells() }),
      build.insertInto('patient_key').values({ ...foreign, key_version: 2, wrapped: randomBytes(60) }),
      build.insertInto('patient_search_token').values({ ...foreign, field: 'ssn', token: randomBytes(16) }),
      build.insertInto('medical_record').values({ ...foreign, id: newId(), visit_start: new Date() }),
      build
        .insertInto('medical_record_version')
        .values({ ...foreign, record_id: b.own.recordId, version: 2, ...version() }),
      build.insertInto('practitioner').values({ clinic_id: b.clinicId, id: newId(), name: 'x' }),
    ];
    for (const statement of statements) expect(await sqlStateOf(clinic, statement)).toBe('42501');
  });

  it('refuses keys that name another clinic: patient, record, practitioner', async () => {
    const { build } = clinic;
    const tenant = { clinic_id: a.clinicId };
    const statements: Statement[] = [
      build
        .insertInto('patient_key')
        .values({ ...tenant, patient_id: b.own.patientId, key_version: 2, wrapped: randomBytes(60) }),
      build
        .insertInto('patient_search_token')
        .values({ ...tenant, patient_id: b.own.patientId, field: 'ssn', token: randomBytes(16) }),
      build
        .insertInto('medical_record')
        .values({ ...tenant, id: newId(), patient_id: b.own.patientId, visit_start: new Date() }),
      build.insertInto('medical_record').values({
        ...tenant,
        id: newId(),
        patient_id: a.own.patientId,
        practitioner_id: b.practitionerId,
        visit_start: new Date(),
      }),
      build.insertInto('medical_record_version').values({
        ...tenant,
        record_id: b.own.recordId,
        patient_id: a.own.patientId,
        version: 2,
        ...version(),
      }),
    ];
    for (const statement of statements) expect(await sqlStateOf(clinic, statement)).toBe('23503');
  });

  it('refuses a version that names another patient than its record', async () => {
    const row = {
      clinic_id: a.clinicId,
      record_id: a.own.recordId,
      patient_id: a.other.patientId,
      version: 2,
      ...version(),
    };
    expect(await sqlStateOf(clinic, clinic.build.insertInto('medical_record_version').values(row))).toBe(
      '23503',
    );
  });

  it('changes no row of another clinic', async () => {
    const rows = await clinic.run(
      clinic.build
        .updateTable('patient')
        .set({ version: 9 })
        .where('id', '=', b.own.patientId)
        .returning('id'),
    );
    expect(rows).toEqual([]);
    expect(
      await sqlStateOf(clinic, sql`update patient set clinic_id = ${b.clinicId}`.compile(clinic.build)),
    ).toBe('42501');
  });

  it('lets two clinics use the same MR number', async () => {
    const other = test.database.forClinic(testClinicContext(b.clinicId));
    for (const scope of [clinic, other]) {
      const rows = await scope.run(scope.build.selectFrom('patient').select('mrn').orderBy('mrn'));
      expect(rows.map((row) => row.mrn)).toEqual(['MR00000001', 'MR00000002']);
    }
  });

  it('gives an account its own memberships and nobody else’s', async () => {
    const identity = test.database.forIdentity(testIdentityContext({ actorId: a.doctorId }));
    const rows = await identity.run(identity.build.selectFrom('membership').selectAll());
    expect(rows.map((row) => row.account_id)).toEqual([a.doctorId]);
  });

  it('lets nobody make a membership outside the clinic of the context', async () => {
    const identity = test.database.forIdentity(
      testIdentityContext({ clinicId: a.clinicId, actorId: a.doctorId }),
    );
    const row = { clinic_id: b.clinicId, account_id: a.doctorId, role: 'DOCTOR' as const };
    expect(await sqlStateOf(identity, identity.build.insertInto('membership').values(row))).toBe('42501');
  });
});

describe('the scope `own`', () => {
  let test: TestDatabase;
  let a: SeededClinic;
  let own: ClinicDatabase;
  beforeAll(async () => {
    test = await openTestDatabase();
    ({ a } = await seedTwoClinics(test.database));
    own = test.database.forClinic(ownContext(a, a.patientAccountId));
  });
  afterAll(() => test.close());

  it('reaches only rows of the acting person, in every table that names a patient', async () => {
    expect(await own.run(own.build.selectFrom('patient').select('id'))).toEqual([{ id: a.own.patientId }]);
    for (const table of [...PATIENT_TABLES, 'audit_entry'] as const) {
      const rows = await own.run(own.build.selectFrom(table).select('patient_id').distinct());
      expect(rows, table).toEqual([{ patient_id: a.own.patientId }]);
    }
    expect(await own.run(own.build.selectFrom('mrn_counter').selectAll())).toEqual([]);
  });

  it('reaches nothing for a person without patient rows, and for nobody', async () => {
    for (const actorId of [newAccountId(), null]) {
      const stranger = test.database.forClinic(ownContext(a, actorId));
      for (const table of ['patient', ...PATIENT_TABLES, 'audit_entry'] as const) {
        expect(await stranger.run(stranger.build.selectFrom(table).select('clinic_id'))).toEqual([]);
      }
    }
  });

  it('writes no clinical record, key or number, and no row of somebody else', async () => {
    const { build } = own;
    const mine = { clinic_id: a.clinicId, patient_id: a.own.patientId };
    const statements: Statement[] = [
      build.insertInto('medical_record').values({ ...mine, id: newId(), visit_start: new Date() }),
      build
        .insertInto('medical_record_version')
        .values({ ...mine, record_id: a.own.recordId, version: 2, ...version() }),
      build.insertInto('patient_key').values({ ...mine, key_version: 2, wrapped: randomBytes(60) }),
      build
        .insertInto('patient')
        .values({ clinic_id: a.clinicId, id: newId(), mrn: 'MR00000099', ...cells() }),
      build
        .insertInto('patient_search_token')
        .values({ ...mine, patient_id: a.other.patientId, field: 'ssn', token: randomBytes(16) }),
      build.updateTable('patient').set({ account_id: newAccountId() }),
    ];
    for (const statement of statements) expect(await sqlStateOf(own, statement)).toMatch(/^42501$|^23503$/);
    const moved = build.updateTable('medical_record').set({ current_version: 7 }).returning('id');
    expect(await own.run(moved)).toEqual([]);
    expect(
      await own.run(build.updateTable('mrn_counter').set({ last_number: 7 }).returning('clinic_id')),
    ).toEqual([]);
  });

  it('still lets a person change their own details', async () => {
    const rows = await own.run(
      own.build
        .updateTable('patient')
        .set({ contacts: randomBytes(40) })
        .returning('id'),
    );
    expect(rows).toEqual([{ id: a.own.patientId }]);
  });
});

function ownContext(clinic: SeededClinic, actorId: SeededClinic['doctorId'] | null) {
  return testClinicContext(clinic.clinicId, {
    actorId,
    actorRole: 'PATIENT',
    scope: 'own',
    purpose: 'PATRQT',
  });
}

async function sqlStateOf(scope: ClinicDatabase, statement: Statement): Promise<string> {
  return await scope.run(statement).then(
    () => 'none',
    (error: unknown) => databaseFailureOf(error)?.sqlState ?? String(error),
  );
}
