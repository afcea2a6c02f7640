import type { AccountId, ClinicId, PatientId, RecordId } from '@careward/kernel';
import { sql } from 'kysely';
import { recordedRead } from '../../audit/index.ts';
import type { ClinicCipher, EncryptionService, PatientCipher } from '../../encryption/index.ts';
import {
  type Database,
  isForeignKeyViolation,
  type QueryBuilder,
  statementTemplate,
  type WriteReceipt,
  writeOnce,
} from '../../persistence/index.ts';
import type { ClinicContext, PageRequest } from '../../request-context/index.ts';
import { findPatientKey } from '../patients/index.ts';
import type { MedicalRecordVersionView, MedicalRecordView } from './medical-record.ts';
import { medicalRecordsErrors } from './medical-records.errors.ts';
import { findPatientOfRecord } from './record-patient.repository.ts';
import {
  type NewMedicalRecord,
  type RecordCorrection,
  recordCorrection,
  recordInserts,
  versionRow,
} from './record-statements.repository.ts';

const LIST_ACCESS = {
  action: 'medical-record.list',
  resourceType: 'medical-record',
  patientColumn: 'patient_id',
} as const;

/** Medical records of the context's clinic; in scope `own`, of the acting person. Versions are appended, never changed. */
export class MedicalRecordsRepository {
  readonly #database: Database;
  readonly #encryption: EncryptionService;

  constructor(database: Database, encryption: EncryptionService) {
    this.#database = database;
    this.#encryption = encryption;
  }

  /** Stores a record with its first version and answers it, that read recorded; undefined when there is no such patient. */
  async create(
    context: ClinicContext,
    record: Omit<NewMedicalRecord, 'clinicId' | 'source'>,
    receipt: WriteReceipt | null,
  ): Promise<MedicalRecordView | undefined> {
    const clinic = this.#database.forClinic(context);
    const cipher = await this.#encryption.forClinic(context);
    const key = await findPatientKey(clinic, record.patientId);
    if (key === undefined) return undefined;
    const statements = recordInserts(clinic.build, cipher.forPatient(record.patientId, key), {
      ...record,
      clinicId: context.clinicId,
      source: null,
    });
    try {
      const write = { resourceId: record.id, statements, answer: recordById };
      const [row] = await writeOnce(clinic, receipt, write);
      return row && openRecord(cipher, row);
    } catch (error) {
      if (isForeignKeyViolation(error, 'medical_record_clinic_id_practitioner_id_fkey')) {
        throw medicalRecordsErrors.error('medical-record-practitioner-unknown', { cause: error });
      }
      throw error;
    }
  }

  /** One record with the version that holds; the read is recorded. */
  async find(context: ClinicContext, id: RecordId): Promise<MedicalRecordView | undefined> {
    const clinic = this.#database.forClinic(context);
    const cipher = await this.#encryption.forClinic(context);
    const [row] = await clinic.run(recordById(id));
    return row && openRecord(cipher, row);
  }

  /** A page of a patient's records, the latest visit first; every record read is recorded. Undefined: there is no such patient. */
  async list(
    context: ClinicContext,
    patientId: PatientId,
    page: PageRequest<RecordId>,
  ): Promise<MedicalRecordView[] | undefined> {
    const clinic = this.#database.forClinic(context);
    const cipher = await this.#encryption.forClinic(context);
    const target = pageOf(clinic.build, page).where('r.patient_id', '=', patientId);
    const rows = await clinic.run(recordedRead(clinic.build, { ...LIST_ACCESS, patientId }, target));
    if (rows.length === 0 && (await findPatientKey(clinic, patientId)) === undefined) return undefined;
    return rows.map((row) => openRecord(cipher, row));
  }

  /** A page of all that the context reaches, the latest visit first; in scope `own` of the acting person. Every record read is recorded. */
  async listAll(context: ClinicContext, page: PageRequest<RecordId>): Promise<MedicalRecordView[]> {
    const clinic = this.#database.forClinic(context);
    const cipher = await this.#encryption.forClinic(context);
    const rows = await clinic.run(recordedRead(clinic.build, LIST_ACCESS, pageOf(clinic.build, page)));
    return rows.map((row) => openRecord(cipher, row));
  }

  /** Every version of a record, the first first; the read is recorded for each. */
  async history(context: ClinicContext, id: RecordId): Promise<MedicalRecordView[]> {
    const clinic = this.#database.forClinic(context);
    const cipher = await this.#encryption.forClinic(context);
    const target = selectVersions(clinic.build).where('r.id', '=', id).orderBy('v.version');
    const access = {
      action: 'medical-record.history',
      resourceType: 'medical-record',
      resourceId: id,
      patientColumn: 'patient_id',
    } as const;
    const rows = await clinic.run(recordedRead(clinic.build, access, target));
    return rows.map((row) => openRecord(cipher, row));
  }

  /** Appends a correction and answers the record. `absent`: no such record; `moved`: it was corrected meanwhile. */
  async correct(
    context: ClinicContext,
    correction: Omit<RecordCorrection, 'sourceDigest'>,
  ): Promise<MedicalRecordView | 'absent' | 'moved'> {
    const clinic = this.#database.forClinic(context);
    const cipher = await this.#encryption.forClinic(context);
    const patient = await findPatientOfRecord(clinic, correction.id);
    if (patient === undefined) return 'absent';
    const cells = cipher.forPatient(patient.id, patient.key);
    const statement = recordCorrection(clinic.build, cells, { ...correction, sourceDigest: null });
    const [corrected, [row]] = await clinic.batch([statement, recordById(correction.id)]);
    return corrected.length === 0 || row === undefined ? 'moved' : openRecord(cipher, row);
  }
}

const recordById = statementTemplate((build, id: RecordId) =>
  recordedRead(
    build,
    {
      action: 'medical-record.read',
      resourceType: 'medical-record',
      resourceId: id,
      patientColumn: 'patient_id',
    },
    selectVersions(build).where('r.id', '=', id).whereRef('v.version', '=', 'r.current_version'),
  ),
);

/** A page of records in the versions that hold, the latest visit first. */
function pageOf(build: QueryBuilder, { limit, after }: PageRequest<RecordId>) {
  return selectVersions(build)
    .whereRef('v.version', '=', 'r.current_version')
    .$if(after !== null, (all) =>
      all.where(sql<boolean>`(r.visit_start, r.id) <
      (select b.visit_start, b.id from medical_record b where b.id = ${after})`),
    )
    .orderBy('r.visit_start', 'desc')
    .orderBy('r.id', 'desc')
    .limit(limit);
}

/** Records with their versions and the key that opens them: all arrive in one round trip. */
function selectVersions(build: QueryBuilder) {
  return build
    .selectFrom('medical_record as r')
    .innerJoin('medical_record_version as v', (join) =>
      join.onRef('v.clinic_id', '=', 'r.clinic_id').onRef('v.record_id', '=', 'r.id'),
    )
    .leftJoin('practitioner as d', (join) =>
      join.onRef('d.clinic_id', '=', 'r.clinic_id').onRef('d.id', '=', 'r.practitioner_id'),
    )
    .innerJoin('patient_key as k', (join) =>
      join.onRef('k.clinic_id', '=', 'r.clinic_id').onRef('k.patient_id', '=', 'r.patient_id'),
    )
    .where((eb) =>
      eb(
        'k.key_version',
        '=',
        eb
          .selectFrom('patient_key as latest')
          .select((inner) => inner.fn.max('latest.key_version').as('version'))
          .whereRef('latest.clinic_id', '=', 'r.clinic_id')
          .whereRef('latest.patient_id', '=', 'r.patient_id'),
      ),
    )
    .select([
      'r.id',
      'r.clinic_id',
      'r.patient_id',
      'r.practitioner_id',
      'r.visit_start',
      'r.visit_end',
      'r.created_at',
    ])
    .select([
      'v.version',
      'v.diagnosis',
      'v.treatment',
      'v.correction_reason',
      'v.author_id',
      'v.author_role',
      'v.recorded_at',
    ])
    .select(['d.name as practitioner_name', 'k.key_version', 'k.wrapped']);
}

interface RecordRow {
  readonly id: string;
  readonly clinic_id: string;
  readonly patient_id: string;
  readonly practitioner_id: string | null;
  readonly practitioner_name: string | null;
  readonly visit_start: Date;
  readonly visit_end: Date | null;
  readonly created_at: Date;
  readonly version: number;
  readonly diagnosis: Buffer;
  readonly treatment: Buffer;
  readonly correction_reason: Buffer | null;
  readonly author_id: string | null;
  readonly author_role: string;
  readonly recorded_at: Date;
  readonly key_version: number;
  readonly wrapped: Buffer;
}

function openRecord(clinic: ClinicCipher, row: RecordRow): MedicalRecordView {
  const cipher = clinic.forPatient(row.patient_id, { version: row.key_version, wrapped: row.wrapped });
  return {
    id: row.id as RecordId,
    clinicId: row.clinic_id as ClinicId,
    patientId: row.patient_id as PatientId,
    practitionerId: row.practitioner_id,
    practitionerName: row.practitioner_name,
    visitStart: row.visit_start,
    visitEnd: row.visit_end,
    createdAt: row.created_at,
    current: openVersion(cipher, row),
  };
}

function openVersion(cipher: PatientCipher, row: RecordRow): MedicalRecordVersionView {
  const place = versionRow(row.id, row.version);
  return {
    version: row.version,
    diagnosis: cipher.open('medical_record_version.diagnosis', place, row.diagnosis).reveal(),
    treatment: cipher.open('medical_record_version.treatment', place, row.treatment).reveal(),
    correctionReason:
      cipher
        .openOptional('medical_record_version.correction_reason', place, row.correction_reason)
        ?.reveal() ?? null,
    authorId: row.author_id as AccountId | null,
    authorRole: row.author_role,
    recordedAt: row.recorded_at,
  };
}
