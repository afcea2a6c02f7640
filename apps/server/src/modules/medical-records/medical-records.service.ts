import type {
  MedicalRecord,
  MedicalRecordCorrection,
  MedicalRecordCreate,
  MedicalRecordPage,
  MedicalRecordVersion,
  MedicalRecordVersionPage,
} from '@careward/api-schema';
import { type ClinicId, newId, type PatientId, type RecordId } from '@careward/kernel';
import type { WriteReceipt } from '../../persistence/index.ts';
import { type ClinicContext, type PageRequest, toPage } from '../../request-context/index.ts';
import { patientsErrors } from '../patients/index.ts';
import type { MedicalRecordView } from './medical-record.ts';
import { medicalRecordsErrors } from './medical-records.errors.ts';
import type { MedicalRecordsRepository } from './medical-records.repository.ts';
import { type OwnRecordsPage, ownRecordsCursor } from './own-records-cursor.ts';

/** Medical records: written by those who treat, corrected by new versions, read by those who may. */
export class MedicalRecordsService {
  readonly #repository: MedicalRecordsRepository;

  constructor(repository: MedicalRecordsRepository) {
    this.#repository = repository;
  }

  /** Writes the record of a visit; `patient-not-found` when the clinic has no such patient. */
  async create(
    context: ClinicContext,
    patientId: PatientId,
    body: MedicalRecordCreate,
    receipt: WriteReceipt | null,
  ): Promise<MedicalRecord> {
    const record = {
      id: newId<RecordId>(),
      patientId,
      practitionerId: body.practitionerId ?? null,
      visitStart: new Date(body.visitStart),
      visitEnd: body.visitEnd === undefined ? null : new Date(body.visitEnd),
      content: { diagnosis: body.diagnosis, treatment: body.treatment },
      author: authorOf(context),
    };
    const written = await this.#repository.create(context, record, receipt);
    if (written === undefined) throw patientsErrors.error('patient-not-found');
    return toMedicalRecord(written);
  }

  /** The record in the version that holds, or `medical-record-not-found`. */
  async get(context: ClinicContext, id: RecordId): Promise<MedicalRecord> {
    const record = await this.#repository.find(context, id);
    if (record === undefined) throw medicalRecordsErrors.error('medical-record-not-found');
    return toMedicalRecord(record);
  }

  /** A page of a patient's records, the latest visit first; `patient-not-found` when the clinic has no such patient. */
  async list(
    context: ClinicContext,
    patientId: PatientId,
    page: PageRequest<RecordId>,
  ): Promise<MedicalRecordPage> {
    const records = await this.#repository.list(context, patientId, page);
    if (records === undefined) throw patientsErrors.error('patient-not-found');
    return toPage(records, page.limit, toMedicalRecord);
  }

  /** Every version of a record. */
  async history(context: ClinicContext, id: RecordId): Promise<MedicalRecordVersionPage> {
    const versions = await this.#repository.history(context, id);
    if (versions.length === 0) throw medicalRecordsErrors.error('medical-record-not-found');
    return { items: versions.map(toVersion), nextCursor: null };
  }

  /** Appends a correction to the version that the caller has read. */
  async correct(
    context: ClinicContext,
    id: RecordId,
    basedOn: number,
    body: MedicalRecordCorrection,
  ): Promise<MedicalRecord> {
    const { diagnosis, treatment, reason } = body;
    const correction = { id, basedOn, reason, content: { diagnosis, treatment }, author: authorOf(context) };
    const record = await this.#repository.correct(context, correction);
    if (record === 'absent') throw medicalRecordsErrors.error('medical-record-not-found');
    if (record === 'moved') throw medicalRecordsErrors.error('medical-record-changed-meanwhile');
    return toMedicalRecord(record);
  }

  /** A page of what the contexts reach, clinic after clinic, in each the latest visit first. No more is read than is answered. */
  async listOwn(contexts: readonly ClinicContext[], page: OwnRecordsPage): Promise<MedicalRecordPage> {
    const items: MedicalRecord[] = [];
    for (const context of contextsFrom(contexts, page.clinicId)) {
      const after = context.clinicId === page.clinicId ? page.after : null;
      const records = await this.#repository.listAll(context, { limit: page.limit - items.length, after });
      items.push(...records.map(toMedicalRecord));
      if (items.length === page.limit) break;
    }
    return { items, nextCursor: items.length < page.limit ? null : ownRecordsCursor(items.at(-1)) };
  }
}

/** In one order, so that a cursor means the same on the next request, from the clinic that it names on. */
function contextsFrom(contexts: readonly ClinicContext[], first: ClinicId | null): ClinicContext[] {
  return contexts
    .filter(({ clinicId }) => first === null || clinicId >= first)
    .toSorted((a, b) => (a.clinicId < b.clinicId ? -1 : 1));
}

function authorOf(context: ClinicContext) {
  return { id: context.actorId, role: context.actorRole };
}

function toMedicalRecord(record: MedicalRecordView): MedicalRecord {
  const { diagnosis, treatment, version, authorId, authorRole, recordedAt } = record.current;
  return {
    id: record.id,
    clinicId: record.clinicId,
    patientId: record.patientId,
    practitionerId: record.practitionerId,
    practitionerName: record.practitionerName,
    visitStart: record.visitStart.toISOString(),
    visitEnd: record.visitEnd?.toISOString() ?? null,
    diagnosis,
    treatment,
    version,
    authorId,
    authorRole,
    recordedAt: recordedAt.toISOString(),
    createdAt: record.createdAt.toISOString(),
  };
}

function toVersion({ id, current }: MedicalRecordView): MedicalRecordVersion {
  return { recordId: id, ...current, recordedAt: current.recordedAt.toISOString() };
}
