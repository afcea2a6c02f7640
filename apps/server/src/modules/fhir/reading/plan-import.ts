/**
 * Turns FHIR R4 files into a plan: which clinics, practitioners, patients and visits they hold, and what cannot be taken and why.
 *
 * Defends: the import from files of any size (bounded memory), from files that are not what they seem, and patients from being
 * mixed up. Reports carry types, ids and places, never content.
 * Does not: touch the database. Whether the importing person may write to a clinic is for the importer to ask.
 */
import { CarewardError } from '@careward/kernel';
import { ClinicDirectory } from './clinic-directory.ts';
import { readResource } from './element-reader.ts';
import { type FhirReadingCode, fhirReadingErrors } from './fhir-reading.errors.ts';
import type { PlanOptions, PlanRefusal, PlanStep } from './import-plan.ts';
import { type ElementLocation, indexBundle } from './index-bundle.ts';
import { type Indexed, indexResource } from './index-resource.ts';
import { type Linked, linkResources } from './link-resources.ts';
import { planPatient } from './plan-patient.ts';
import type { RandomAccessSource } from './random-access-source.ts';
import { idOf } from './reference-keys.ts';
import { planRefusal } from './refusals.ts';
import { ResourceTable } from './resource-table.ts';

/**
 * Plans the import of several files at once: references may cross from one to the other. Reads each file twice, first to find and
 * link the resources, then patient by patient, so memory holds ids and places only. A file that is broken is refused whole and the
 * others go on; a resource that breaks a rule is refused and the rest of its file goes on. The same files give the same plan.
 *
 * The sources have to stay open and unchanged until the last step. Errors of reading them are thrown as they are.
 */
export async function* planImport(
  sources: readonly RandomAccessSource[],
  options: PlanOptions = {},
): AsyncGenerator<PlanStep> {
  const survey = new Survey(options.maxResources ?? Number.POSITIVE_INFINITY);
  for (const source of sources) await survey.add(source);
  const directory = new ClinicDirectory(survey.table, options);
  const linked = await linkResources(survey.table, directory, options);
  await directory.addRoles();
  yield* clinicSteps(directory);
  for (const refusal of [
    ...survey.refusals,
    ...refusedClinics(directory, survey.table),
    ...linked.refusals,
  ]) {
    yield { kind: 'refusal', refusal };
  }
  yield* patientSteps(survey.table, linked, options);
  yield { kind: 'summary', summary: survey.summary(directory) };
}

function* clinicSteps(directory: ClinicDirectory): Generator<PlanStep> {
  for (const organization of directory.clinics()) yield { kind: 'organization', organization };
  for (const practitioner of directory.practitioners()) yield { kind: 'practitioner', practitioner };
}

function refusedClinics(directory: ClinicDirectory, table: ResourceTable): PlanRefusal[] {
  return directory.refused().map(({ mention, code }) => {
    const file = table.sources[mention.source]?.name ?? '';
    return planRefusal({ file, type: 'Organization', id: undefined, offset: mention.offset }, code, 'part');
  });
}

async function* patientSteps(
  table: ResourceTable,
  linked: Linked,
  options: PlanOptions,
): AsyncGenerator<PlanStep> {
  for (const person of linked.persons) yield* await planPatient(table, linked, person, options);
}

/** The first reading: what the files hold and where. */
class Survey {
  readonly table = new ResourceTable();
  readonly refusals: PlanRefusal[] = [];
  readonly #ignored = new Map<string, number>();
  readonly #maxResources: number;
  #resources = 0;

  constructor(maxResources: number) {
    this.#maxResources = maxResources;
  }

  /** Indexes one file. What of it had been indexed is forgotten when the file turns out broken. */
  async add(source: RandomAccessSource): Promise<void> {
    const forget = this.table.mark();
    const before = {
      ignored: new Map(this.#ignored),
      refusals: this.refusals.length,
      resources: this.#resources,
    };
    const index = this.table.sources.push(source) - 1;
    try {
      for await (const place of indexBundle(source)) await this.#addElement(source, index, place);
    } catch (error) {
      const refusal = fileRefusal(source, error);
      forget();
      this.refusals.length = before.refusals;
      this.#resources = before.resources;
      this.#ignored.clear();
      for (const [type, count] of before.ignored) this.#ignored.set(type, count);
      this.refusals.push(refusal);
    }
  }

  summary(directory: ClinicDirectory) {
    const { organizations, practitioners } = directory.unused();
    if (organizations > 0) this.#ignored.set('Organization', organizations);
    if (practitioners > 0) this.#ignored.set('Practitioner', practitioners);
    const ignored = Object.fromEntries([...this.#ignored].toSorted(([a], [b]) => (a < b ? -1 : 1)));
    return { files: this.table.sources.length, resources: this.#resources, ignored };
  }

  async #addElement(source: RandomAccessSource, index: number, place: ElementLocation): Promise<void> {
    if (++this.#resources > this.#maxResources) throw fhirReadingErrors.error('fhir-too-many-resources');
    const found = await readResource(source, place).catch((error: unknown) => elementRefusal(error));
    const type = typeof found === 'object' ? found.type : 'entry';
    const id = typeof found === 'object' ? idOf(found.resource) : undefined;
    const indexed =
      typeof found === 'object'
        ? indexResource(this.table, index, place, found)
        : (found ?? 'fhir-resource-malformed');
    if (indexed === 'ignored') this.#ignored.set(type, (this.#ignored.get(type) ?? 0) + 1);
    else if (indexed !== 'taken') {
      this.refusals.push(
        planRefusal({ file: source.name, type, id, offset: place.offset }, indexed, lostWith(type)),
      );
    }
  }
}

/** What one element may be refused for while the file goes on; everything else is thrown. */
function elementRefusal(error: unknown): Exclude<Indexed, 'taken' | 'ignored'> {
  const code = error instanceof CarewardError ? error.code : '';
  switch (code) {
    case 'fhir-element-too-large':
    case 'fhir-json-too-deep':
    case 'fhir-duplicate-member':
      return code;
    default:
      throw error;
  }
}

function fileRefusal(source: RandomAccessSource, error: unknown): PlanRefusal {
  if (!(error instanceof CarewardError) || !isReadingCode(error.code)) throw error;
  const reason = fhirReadingErrors.codes[error.code].publicMessage;
  const [fault] = error.faults ?? [];
  return {
    file: source.name,
    resource: 'file',
    code: error.code,
    reason: fault === undefined ? reason : `${reason} (${fault.message})`,
    lost: 'file',
  };
}

function isReadingCode(code: string): code is FhirReadingCode {
  return Object.hasOwn(fhirReadingErrors.codes, code);
}

function lostWith(type: string): PlanRefusal['lost'] {
  if (type === 'Patient') return 'patient';
  return type === 'Encounter' ? 'visit' : 'part';
}
