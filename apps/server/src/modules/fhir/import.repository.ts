import type { PatientId, RecordId } from '@careward/kernel';
import { newId } from '@careward/kernel';
import type { ClinicCipher, EncryptionService, PatientCipher } from '../../encryption/index.ts';
import {
  type ClinicDatabase,
  type Database,
  isUniqueViolation,
  type Statement,
} from '../../persistence/index.ts';
import type { ClinicContext } from '../../request-context/index.ts';
import { type NewMedicalRecord, recordCorrection, recordInserts } from '../medical-records/index.ts';
import { patientInserts, patientUpdate } from '../patients/index.ts';
import type { ImportedPatient, ImportedVisit } from './imported-patient.ts';
import { fhirReadingErrors } from './reading/index.ts';

/** How many rows of a kind were new, changed or as before. */
export interface Changes {
  created: number;
  updated: number;
  unchanged: number;
}

/** What importing one patient did. */
export interface ImportOutcome {
  readonly patients: Changes;
  readonly medicalRecords: Changes;
}

/** Stores imported practitioners and patients. Importing the same again writes nothing; one patient is one transaction. */
export class ImportRepository {
  readonly #database: Database;
  readonly #encryption: EncryptionService;

  constructor(database: Database, encryption: EncryptionService) {
    this.#database = database;
    this.#encryption = encryption;
  }

  /** The practitioner of the clinic known under this source key, made if there is none. */
  async upsertPractitioner(
    context: ClinicContext,
    practitioner: { readonly sourceKey: string; readonly name: string },
  ): Promise<{ id: string; created: boolean }> {
    const clinic = this.#database.forClinic(context);
    const cipher = await this.#encryption.forClinic(context);
    const sourceKey = cipher.fingerprint('source-key', `practitioner ${practitioner.sourceKey}`);
    const known = await findPractitioner(clinic, sourceKey);
    if (known !== undefined) return { id: known, created: false };
    const row = { clinic_id: context.clinicId, id: newId(), name: practitioner.name, source_key: sourceKey };
    await clinic.run(
      clinic.build
        .insertInto('practitioner')
        .values(row)
        .onConflict((conflict) => conflict.doNothing()),
    );
    const stored = await findPractitioner(clinic, sourceKey);
    return { id: stored ?? row.id, created: stored === row.id };
  }

  /** Brings the clinic's row of this patient, and its medical records, to what the source says. */
  async upsertPatient(context: ClinicContext, patient: ImportedPatient): Promise<ImportOutcome> {
    const clinic = this.#database.forClinic(context);
    const cipher = await this.#encryption.forClinic(context);
    const attempt = async () => {
      const work = new PatientImport(clinic, cipher, context, patient);
      await work.compare();
      return work.store();
    };
    try {
      return await attempt();
    } catch (error) {
      // Another import stored the same patient or visit between our look and our insert: compare with what it stored.
      if (!isUniqueViolation(error)) throw error;
      return attempt();
    }
  }
}

interface StoredPatient {
  readonly id: string;
  readonly version: number;
  readonly source_digest: Buffer | null;
  readonly birth_date: Buffer;
}

interface StoredRecord {
  readonly id: string;
  readonly source_key: Buffer | null;
  readonly source_digest: Buffer | null;
  readonly current_version: number;
}

/** One patient on the way into one clinic: first compared with what is stored, then written in one batch. */
class PatientImport {
  readonly #clinic: ClinicDatabase;
  readonly #cipher: ClinicCipher;
  readonly #context: ClinicContext;
  readonly #patient: ImportedPatient;
  readonly #outcome: ImportOutcome = { patients: none(), medicalRecords: none() };
  readonly #statements: Statement[] = [];

  constructor(
    clinic: ClinicDatabase,
    cipher: ClinicCipher,
    context: ClinicContext,
    patient: ImportedPatient,
  ) {
    this.#clinic = clinic;
    this.#cipher = cipher;
    this.#context = context;
    this.#patient = patient;
  }

  /** Finds out by keyed digests what is new and what has changed; nothing is decrypted. */
  async compare(): Promise<void> {
    const sourceKey = this.#fingerprintKey(`patient ${this.#patient.sourceKey}`);
    const { build } = this.#clinic;
    const mine = build.selectFrom('patient').select('id').where('source_key', '=', sourceKey);
    const [patients, records] = await this.#clinic.batch([
      build
        .selectFrom('patient as p')
        .innerJoin('patient_key as k', (join) =>
          join.onRef('k.clinic_id', '=', 'p.clinic_id').onRef('k.patient_id', '=', 'p.id'),
        )
        .select(['p.id', 'p.version', 'p.source_digest', 'p.birth_date', 'k.key_version', 'k.wrapped'])
        .where('p.source_key', '=', sourceKey)
        .orderBy('k.key_version', 'desc')
        .limit(1),
      build
        .selectFrom('medical_record')
        .select(['id', 'source_key', 'source_digest', 'current_version'])
        .where('patient_id', '=', mine),
    ]);
    const [stored] = patients;
    if (stored === undefined) return this.#addPatient(sourceKey);
    const cipher = this.#cipher.forPatient(stored.id, {
      version: stored.key_version,
      wrapped: stored.wrapped,
    });
    this.#comparePatient(stored, cipher);
    const known = new Map(records.map((record) => [keyText(record.source_key), record]));
    for (const visit of this.#patient.visits)
      this.#compareVisit(stored.id as PatientId, cipher, visit, known);
  }

  /** Writes everything that has changed, all or nothing. */
  async store(): Promise<ImportOutcome> {
    if (this.#statements.length > 0) await this.#clinic.batch(this.#statements);
    return this.#outcome;
  }

  #addPatient(sourceKey: Buffer): void {
    const id = newId<PatientId>();
    const { details } = this.#patient;
    const source = { key: sourceKey, digest: this.#digest(details) };
    const patient = { clinicId: this.#context.clinicId, id, details, source };
    const { statements, cipher } = patientInserts(this.#clinic.build, this.#cipher, patient);
    this.#statements.push(...statements);
    this.#outcome.patients.created += 1;
    for (const visit of this.#patient.visits) this.#addVisit(id, cipher, visit);
  }

  /** The same identifier with another birth date is another person: nothing of theirs is overwritten. */
  #comparePatient(stored: StoredPatient, patient: PatientCipher): void {
    const { details } = this.#patient;
    const digest = this.#digest(details);
    if (stored.source_digest?.equals(digest)) {
      this.#outcome.patients.unchanged += 1;
      return;
    }
    const birthDate = patient.open('patient.birth_date', stored.id, stored.birth_date).reveal();
    if (birthDate !== details.birthDate) throw fhirReadingErrors.error('fhir-patient-conflict');
    const change = {
      clinicId: this.#context.clinicId,
      id: stored.id as PatientId,
      basedOn: stored.version,
      details,
      sourceDigest: digest,
    };
    this.#statements.push(patientUpdate(this.#clinic.build, { clinic: this.#cipher, patient }, change));
    this.#outcome.patients.updated += 1;
  }

  #compareVisit(
    patientId: PatientId,
    cipher: PatientCipher,
    visit: ImportedVisit,
    known: ReadonlyMap<string, StoredRecord>,
  ): void {
    const stored = known.get(keyText(this.#visitKey(visit)));
    if (stored === undefined) {
      this.#addVisit(patientId, cipher, visit);
      return;
    }
    const digest = this.#digest(visit);
    if (stored.source_digest?.equals(digest)) {
      this.#outcome.medicalRecords.unchanged += 1;
      return;
    }
    const correction = {
      id: stored.id as RecordId,
      basedOn: stored.current_version,
      content: visit.content,
      reason: 'The source has changed since it was imported.',
      author: this.#author,
      sourceDigest: digest,
    };
    this.#statements.push(
      this.#visitUpdate(stored, visit),
      recordCorrection(this.#clinic.build, cipher, correction),
    );
    this.#outcome.medicalRecords.updated += 1;
  }

  #addVisit(patientId: PatientId, cipher: PatientCipher, visit: ImportedVisit): void {
    const record: NewMedicalRecord = {
      clinicId: this.#context.clinicId,
      id: newId<RecordId>(),
      patientId,
      practitionerId: visit.practitionerId,
      visitStart: visit.visitStart,
      visitEnd: visit.visitEnd,
      content: visit.content,
      author: this.#author,
      source: { key: this.#visitKey(visit), digest: this.#digest(visit) },
    };
    this.#statements.push(...recordInserts(this.#clinic.build, cipher, record));
    this.#outcome.medicalRecords.created += 1;
  }

  /** Before the correction, which moves the version on: both or neither find the record as it was read. */
  #visitUpdate(stored: StoredRecord, { visitStart, visitEnd, practitionerId }: ImportedVisit): Statement {
    return this.#clinic.build
      .updateTable('medical_record')
      .set({ visit_start: visitStart, visit_end: visitEnd, practitioner_id: practitionerId })
      .where('id', '=', stored.id)
      .where('current_version', '=', stored.current_version);
  }

  get #author() {
    return { id: this.#context.actorId, role: this.#context.actorRole };
  }

  #visitKey(visit: ImportedVisit): Buffer {
    const key = JSON.stringify([this.#patient.sourceKey, visit.sourceKey]);
    return this.#fingerprintKey(`visit ${key}`);
  }

  #fingerprintKey(key: string): Buffer {
    return this.#cipher.fingerprint('source-key', key);
  }

  #digest(content: object): Buffer {
    return this.#cipher.fingerprint('source-digest', JSON.stringify(content));
  }
}

async function findPractitioner(clinic: ClinicDatabase, sourceKey: Buffer): Promise<string | undefined> {
  const [row] = await clinic.run(
    clinic.build.selectFrom('practitioner').select('id').where('source_key', '=', sourceKey),
  );
  return row?.id;
}

function none(): Changes {
  return { created: 0, updated: 0, unchanged: 0 };
}

function keyText(key: Buffer | null): string {
  return key?.toString('base64') ?? '';
}
