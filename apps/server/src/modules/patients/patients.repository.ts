import type { AccountId, ClinicId, PatientId } from '@careward/kernel';
import { recordedRead } from '../../audit/index.ts';
import { type ClinicCipher, type EncryptionService, nameTerms, ssnTerm } from '../../encryption/index.ts';
import {
  type ClinicDatabase,
  type Database,
  type QueryBuilder,
  statementTemplate,
  type WriteReceipt,
  writeOnce,
} from '../../persistence/index.ts';
import type { ClinicContext, PageRequest } from '../../request-context/index.ts';
import type { PatientDetails, PatientRecord } from './patient.ts';
import { openDetails, type PatientCells } from './patient-cells.ts';
import { patientInserts, patientUpdate } from './patient-statements.repository.ts';
import { patientsErrors } from './patients.errors.ts';

/** What a patient is looked for by: exactly one of the three. */
export interface PatientQuery {
  readonly ssn?: string | undefined;
  readonly name?: string | undefined;
  /** A value, or `system|value`. */
  readonly identifier?: string | undefined;
}

/** Patients of the context's clinic; in scope `own`, of the acting person. Rows are sealed on the way in and opened on the way out. */
export class PatientsRepository {
  readonly #database: Database;
  readonly #encryption: EncryptionService;

  constructor(database: Database, encryption: EncryptionService) {
    this.#database = database;
    this.#encryption = encryption;
  }

  /** Stores a new patient. Answers the patient that this receipt first made; that read is recorded. */
  async create(
    context: ClinicContext,
    id: PatientId,
    details: PatientDetails,
    receipt: WriteReceipt | null,
  ): Promise<PatientRecord | undefined> {
    const clinic = this.#database.forClinic(context);
    const cipher = await this.#encryption.forClinic(context);
    const patient = { clinicId: context.clinicId, id, details, source: null };
    const { statements } = patientInserts(clinic.build, cipher, patient);
    const [row] = await writeOnce(clinic, receipt, { resourceId: id, statements, answer: patientById });
    return row && openPatient(cipher, row);
  }

  /** One patient; the read is recorded. */
  async find(context: ClinicContext, id: PatientId): Promise<PatientRecord | undefined> {
    const clinic = this.#database.forClinic(context);
    const cipher = await this.#encryption.forClinic(context);
    const [row] = await clinic.run(patientById(id));
    return row && openPatient(cipher, row);
  }

  /** A page of patients in the order of their `MR` numbers; every row read is recorded. */
  async list(context: ClinicContext, page: PageRequest<PatientId>): Promise<PatientRecord[]> {
    const clinic = this.#database.forClinic(context);
    const cipher = await this.#encryption.forClinic(context);
    const all = selectPatients(clinic.build).orderBy('p.mrn').limit(page.limit);
    const target = page.after === null ? all : all.where('p.mrn', '>', mrnOf(clinic, page.after));
    const access = { action: 'patient.list', resourceType: 'patient', patientColumn: 'id' } as const;
    const rows = await clinic.run(recordedRead(clinic.build, access, target));
    return rows.map((row) => openPatient(cipher, row));
  }

  /** Patients found by exact value through blind indexes, at most 100; every row read is recorded. */
  async search(context: ClinicContext, query: PatientQuery): Promise<PatientRecord[]> {
    const clinic = this.#database.forClinic(context);
    const cipher = await this.#encryption.forClinic(context);
    const tokens = queryTokens(cipher, query);
    if (tokens.length === 0) throw patientsErrors.error('patient-search-empty');
    const target = tokens.reduce(
      (patients, { field, token }) =>
        patients.where('p.id', 'in', (eb) =>
          eb
            .selectFrom('patient_search_token')
            .select('patient_id')
            .where('field', '=', field)
            .where('token', '=', token),
        ),
      selectPatients(clinic.build).orderBy('p.mrn').limit(100),
    );
    const access = { action: 'patient.search', resourceType: 'patient', patientColumn: 'id' } as const;
    const rows = await clinic.run(recordedRead(clinic.build, access, target));
    return rows.map((row) => openPatient(cipher, row));
  }

  /** Changes the patient if it is still at version `basedOn`. `absent`: no such patient; `moved`: it was changed meanwhile. */
  async update(
    context: ClinicContext,
    id: PatientId,
    change: { readonly basedOn: number; readonly apply: (current: PatientDetails) => PatientDetails },
  ): Promise<PatientRecord | 'absent' | 'moved'> {
    const clinic = this.#database.forClinic(context);
    const cipher = await this.#encryption.forClinic(context);
    const [current] = await clinic.run(patientById(id));
    if (current === undefined) return 'absent';
    if (current.version !== change.basedOn) return 'moved';
    const patient = cipher.forPatient(id, { version: current.key_version, wrapped: current.wrapped });
    const details = change.apply(openDetails(patient, id, current));
    const update = { clinicId: context.clinicId, id, basedOn: change.basedOn, details, sourceDigest: null };
    const statement = patientUpdate(clinic.build, { clinic: cipher, patient }, update);
    const [changed, [row]] = await clinic.batch([statement, patientById(id)]);
    return changed.length === 0 || row === undefined ? 'moved' : openPatient(cipher, row);
  }

  /** Links a person's account to the patient, or refuses silently by answering false when there is no such patient. */
  async linkAccount(context: ClinicContext, id: PatientId, accountId: AccountId): Promise<boolean> {
    const clinic = this.#database.forClinic(context);
    const rows = await clinic.run(
      clinic.build.updateTable('patient').set({ account_id: accountId }).where('id', '=', id).returning('id'),
    );
    return rows.length > 0;
  }
}

const patientById = statementTemplate((build, id: PatientId) =>
  recordedRead(
    build,
    { action: 'patient.read', resourceType: 'patient', resourceId: id, patientColumn: 'id' },
    selectPatients(build).where('p.id', '=', id),
  ),
);

/** Patients with the key that opens them: row and key arrive in one round trip. */
function selectPatients(build: QueryBuilder) {
  return build
    .selectFrom('patient as p')
    .innerJoin('patient_key as k', (join) =>
      join.onRef('k.clinic_id', '=', 'p.clinic_id').onRef('k.patient_id', '=', 'p.id'),
    )
    .where((eb) =>
      eb(
        'k.key_version',
        '=',
        eb
          .selectFrom('patient_key as latest')
          .select((inner) => inner.fn.max('latest.key_version').as('version'))
          .whereRef('latest.clinic_id', '=', 'p.clinic_id')
          .whereRef('latest.patient_id', '=', 'p.id'),
      ),
    )
    .select(['p.id', 'p.clinic_id', 'p.mrn', 'p.account_id', 'p.version', 'p.created_at', 'p.updated_at'])
    .select(['p.name', 'p.birth_date', 'p.gender', 'p.deceased_at', 'p.contacts', 'p.ssn', 'p.identifiers'])
    .select(['k.key_version', 'k.wrapped']);
}

function mrnOf(clinic: ClinicDatabase, id: PatientId) {
  return clinic.build.selectFrom('patient').select('mrn').where('id', '=', id);
}

interface PatientRow extends PatientCells {
  readonly id: string;
  readonly clinic_id: string;
  readonly mrn: string;
  readonly account_id: string | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly key_version: number;
  readonly wrapped: Buffer;
}

function openPatient(clinic: ClinicCipher, row: PatientRow): PatientRecord {
  const cipher = clinic.forPatient(row.id, { version: row.key_version, wrapped: row.wrapped });
  return {
    id: row.id as PatientId,
    clinicId: row.clinic_id as ClinicId,
    mrn: row.mrn,
    hasAccount: row.account_id !== null,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    details: openDetails(cipher, row.id, row),
  };
}

function queryTokens(cipher: ClinicCipher, query: PatientQuery) {
  if (query.ssn !== undefined)
    return [{ field: 'ssn' as const, token: cipher.searchToken('ssn', ssnTerm(query.ssn)) }];
  if (query.identifier !== undefined) {
    return [{ field: 'identifier' as const, token: cipher.searchToken('identifier', query.identifier) }];
  }
  return nameTerms(query.name ?? '').map((term) => ({
    field: 'name' as const,
    token: cipher.searchToken('name', term),
  }));
}
