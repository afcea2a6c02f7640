import type { ImportRefusal, ImportReport } from '@careward/api-schema';
import { CarewardError } from '@careward/kernel';
import type { ClinicContext } from '../../request-context/index.ts';
import type { Changes, ImportRepository } from './import.repository.ts';
import type { ImportDestination, ImportTarget } from './import-target.ts';
import { importedPatient, type PractitionerLookup } from './imported-patient.ts';
import type { ClinicVisits, PatientPlan, PlanStep, PractitionerPlan } from './reading/index.ts';

/** How far an import is. */
export interface ImportProgress {
  readonly patients: number;
  readonly medicalRecords: number;
}

/** Categories of errors that concern one patient; everything else stops the import, to be continued by running it again. */
const REFUSABLE: ReadonlySet<string> = new Set(['invalid-input', 'unprocessable', 'conflict']);

/** Carries out an import plan. One patient in one clinic is one transaction; running the same plan again changes nothing. */
export class ImportService {
  readonly #repository: ImportRepository;

  constructor(repository: ImportRepository) {
    this.#repository = repository;
  }

  /** Carries out the steps and reports what went in and what did not. A broken database stops it with the error. */
  async run(
    steps: AsyncIterable<PlanStep>,
    target: ImportTarget,
    onProgress: (progress: ImportProgress) => void = () => undefined,
  ): Promise<ImportReport> {
    const run = new ImportRun(this.#repository, target);
    for await (const step of steps) {
      await run.take(step);
      if (step.kind === 'patient') onProgress(run.progress);
    }
    return run.report;
  }
}

/** One import: what the plan's references became, and the counts. */
class ImportRun {
  readonly report: ImportReport = emptyReport();
  readonly #repository: ImportRepository;
  readonly #target: ImportTarget;
  readonly #destinations = new Map<string, ImportDestination>();
  readonly #practitioners = new Map<string, string>();
  readonly #clinicsSeen = new Set<string>();

  constructor(repository: ImportRepository, target: ImportTarget) {
    this.#repository = repository;
    this.#target = target;
    if (target.defaultDestination !== undefined) {
      this.#destinations.set(target.defaultDestination.context.clinicId, target.defaultDestination);
    }
  }

  get progress(): ImportProgress {
    return { patients: total(this.report.patients), medicalRecords: total(this.report.medicalRecords) };
  }

  async take(step: PlanStep): Promise<void> {
    switch (step.kind) {
      case 'organization':
        return this.#takeClinic(step.organization.ref, await this.#target.destinationOf(step.organization));
      case 'practitioner':
        return this.#takePractitioner(step.practitioner);
      case 'patient':
        return this.#takePatient(step.patient);
      case 'refusal':
        return this.#refuse(step.refusal, step.refusal.lost);
      case 'summary':
        this.report.files = step.summary.files;
        this.report.ignored = { ...step.summary.ignored };
    }
  }

  #takeClinic(ref: string, destination: ImportDestination): void {
    this.#destinations.set(ref, destination);
    const { clinicId } = destination.context;
    if (this.#clinicsSeen.has(clinicId)) return;
    this.#clinicsSeen.add(clinicId);
    this.report.clinics[destination.created ? 'created' : 'existing'] += 1;
  }

  async #takePractitioner({ clinicRef, ref, name }: PractitionerPlan): Promise<void> {
    const { context } = this.#destination(clinicRef);
    const { id, created } = await this.#repository.upsertPractitioner(context, { sourceKey: ref, name });
    this.#practitioners.set(`${clinicRef} ${ref}`, id);
    this.report.practitioners[created ? 'created' : 'existing'] += 1;
  }

  /** Organizations that became the same clinic give one row, not several that fight over it. */
  async #takePatient(plan: PatientPlan): Promise<void> {
    const clinicOf = ({ clinicRef }: ClinicVisits) => this.#destination(clinicRef).context;
    for (const parts of Map.groupBy(plan.clinics, (part) => clinicOf(part).clinicId).values()) {
      const [first] = parts;
      if (first !== undefined) await this.#takeVisits(clinicOf(first), plan, parts);
    }
  }

  async #takeVisits(
    context: ClinicContext,
    plan: PatientPlan,
    parts: readonly ClinicVisits[],
  ): Promise<void> {
    const patient = importedPatient(plan, parts, this.#practitionerOf);
    try {
      const outcome = await this.#repository.upsertPatient(context, patient);
      addChanges(this.report.patients, outcome.patients);
      addChanges(this.report.medicalRecords, outcome.medicalRecords);
    } catch (error) {
      if (!(error instanceof CarewardError) || !REFUSABLE.has(error.category)) throw error;
      this.report.medicalRecords.refused += patient.visits.length;
      this.#refuse(
        { file: '', resource: 'Patient', code: error.code, reason: error.publicMessage },
        'patient',
      );
    }
  }

  #practitionerOf: PractitionerLookup = (clinicRef, ref) =>
    this.#practitioners.get(`${clinicRef} ${ref}`) ?? null;

  #destination(clinicRef: string): ImportDestination {
    const destination = this.#destinations.get(clinicRef);
    if (destination === undefined) throw new Error('the plan names a clinic that it did not announce');
    return destination;
  }

  #refuse(
    { file, resource, code, reason }: ImportRefusal,
    lost: 'file' | 'patient' | 'visit' | 'part',
  ): void {
    this.report.refusals.push({ file, resource, code, reason });
    if (lost === 'patient') this.report.patients.refused += 1;
    if (lost === 'visit') this.report.medicalRecords.refused += 1;
  }
}

function emptyReport(): ImportReport {
  const rows = () => ({ created: 0, updated: 0, unchanged: 0, refused: 0 });
  return {
    files: 0,
    clinics: { created: 0, existing: 0 },
    practitioners: { created: 0, existing: 0 },
    patients: rows(),
    medicalRecords: rows(),
    ignored: {},
    refusals: [],
  };
}

function addChanges(sum: Changes, changes: Changes): void {
  sum.created += changes.created;
  sum.updated += changes.updated;
  sum.unchanged += changes.unchanged;
}

function total(rows: ImportReport['patients']): number {
  return rows.created + rows.updated + rows.unchanged + rows.refused;
}
