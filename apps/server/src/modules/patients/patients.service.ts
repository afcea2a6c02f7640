import type { Patient, PatientCreate, PatientPage, PatientSearch, PatientUpdate } from '@careward/api-schema';
import { newId, type PatientId } from '@careward/kernel';
import type { WriteReceipt } from '../../persistence/index.ts';
import {
  type ClinicContext,
  type ClinicIdentity,
  type PageRequest,
  toPage,
} from '../../request-context/index.ts';
import type { UsersService } from '../users/index.ts';
import type { PatientDetails, PatientRecord } from './patient.ts';
import { patientsErrors } from './patients.errors.ts';
import type { PatientsRepository } from './patients.repository.ts';

/** The patients of one clinic; a person sees their own in every clinic they visit. */
export class PatientsService {
  readonly #repository: PatientsRepository;
  readonly #users: UsersService;

  constructor(repository: PatientsRepository, users: UsersService) {
    this.#repository = repository;
    this.#users = users;
  }

  /** Registers a patient; the clinic allots the medical record number. */
  async create(context: ClinicContext, body: PatientCreate, receipt: WriteReceipt | null): Promise<Patient> {
    const record = await this.#repository.create(context, newId<PatientId>(), detailsOf(body), receipt);
    if (record === undefined) throw patientsErrors.error('patient-not-found');
    return toPatient(record);
  }

  /** One patient, or `patient-not-found`. */
  async get(context: ClinicContext, id: PatientId): Promise<Patient> {
    return toPatient(await this.#getRecord(context, id));
  }

  /** A page of patients in the order of their medical record numbers. */
  async list(context: ClinicContext, page: PageRequest<PatientId>): Promise<PatientPage> {
    return toPage(await this.#repository.list(context, page), page.limit, toPatient);
  }

  /** Patients found by exact SSN, identifier, or words of the name. */
  async search(context: ClinicContext, query: PatientSearch): Promise<PatientPage> {
    return { items: (await this.#repository.search(context, query)).map(toPatient), nextCursor: null };
  }

  /** Changes the members that are given, if the patient is still at the version that the caller has read. */
  async update(
    context: ClinicContext,
    id: PatientId,
    basedOn: number,
    body: PatientUpdate,
  ): Promise<Patient> {
    const apply = (current: PatientDetails) => ({ ...current, ...definedOf(body) });
    const record = await this.#repository.update(context, id, { basedOn, apply });
    if (record === 'absent') throw patientsErrors.error('patient-not-found');
    if (record === 'moved') throw patientsErrors.error('patient-changed-meanwhile');
    return toPatient(record);
  }

  /** Links the patient account with this e-mail address to the patient; nobody links themselves to somebody's record. */
  async linkAccount(
    context: ClinicContext,
    identity: ClinicIdentity,
    id: PatientId,
    email: string,
  ): Promise<void> {
    const accountId = await this.#users.getPatientAccount(identity, email);
    if (accountId === context.actorId) throw patientsErrors.error('patient-link-to-self');
    if (!(await this.#repository.linkAccount(context, id, accountId)))
      throw patientsErrors.error('patient-not-found');
  }

  /** The rows of one person in all the clinics of these contexts. */
  async listOwn(contexts: readonly ClinicContext[]): Promise<PatientPage> {
    const page = { limit: 100, after: null };
    const rows = await Promise.all(contexts.map((context) => this.#repository.list(context, page)));
    return { items: rows.flat().map(toPatient), nextCursor: null };
  }

  async #getRecord(context: ClinicContext, id: PatientId): Promise<PatientRecord> {
    const record = await this.#repository.find(context, id);
    if (record === undefined) throw patientsErrors.error('patient-not-found');
    return record;
  }
}

function detailsOf(body: PatientCreate): PatientDetails {
  return {
    name: body.name,
    otherNames: body.otherNames ?? [],
    birthDate: body.birthDate,
    gender: body.gender ?? null,
    deceasedAt: body.deceasedAt ?? null,
    contacts: body.contacts ?? { phones: [], emails: [], addresses: [] },
    identifiers: body.identifiers ?? [],
    ssn: body.ssn ?? null,
  };
}

/** The members that are there: JSON cannot say `undefined`, a parsed body can. */
function definedOf(body: PatientUpdate): Partial<PatientDetails> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

function toPatient(record: PatientRecord): Patient {
  const { ssn, identifiers, otherNames, ...details } = record.details;
  return {
    id: record.id,
    clinicId: record.clinicId,
    mrn: record.mrn,
    ...details,
    otherNames: [...otherNames],
    identifiers: [...identifiers],
    ssnLast4: ssn === null ? null : ssn.slice(-4),
    version: record.version,
    createdAt: record.createdAt.toISOString(),
    updatedAt: record.updatedAt.toISOString(),
  };
}
