/**
 * Brings together what belongs together: the rows of one person, each visit with its person, clinic and practitioner, each
 * diagnosis and treatment with its visit.
 *
 * Defends: patients from each other's records. A reference that means two things means nothing, an identifier with two birth dates
 * is two people, and what names another patient than its visit does is refused.
 */
import type { ClinicDirectory } from './clinic-directory.ts';
import { NONE } from './columns.ts';
import { Definitions } from './definitions.ts';
import type { FhirReadingCode } from './fhir-reading.errors.ts';
import type { PlanOptions, PlanRefusal } from './import-plan.ts';
import type { Lookup } from './named-entities.ts';
import { planRefusal, refusedRow } from './refusals.ts';
import { ITEM_TYPES, type ResourceTable } from './resource-table.ts';

/** A visit that has its clinic. */
export interface LinkedVisit {
  readonly row: number;
  readonly clinicRef: string;
  readonly practitionerRef: string | null;
  /** Rows of its diagnoses and treatments. */
  readonly items: number[];
}

/** One person of the import: rows of the patient resources, visits, and what names no visit. */
export interface LinkedPerson {
  readonly rows: number[];
  readonly visits: LinkedVisit[];
  readonly looseItems: number[];
  /** The clinic that the patient's own resource names. */
  homeClinicRef: string | undefined;
}

/** Links every row of the table; what cannot be linked comes back as refusals. */
export async function linkResources(
  table: ResourceTable,
  directory: ClinicDirectory,
  options: PlanOptions,
): Promise<Linked> {
  const linked = new Linked(table, directory, options);
  await linked.linkPersons();
  await linked.linkVisits();
  linked.linkItems();
  return linked;
}

/** The persons of an import and what could not be linked. */
export class Linked {
  readonly persons: LinkedPerson[] = [];
  readonly refusals: PlanRefusal[] = [];
  readonly definitions: Definitions;
  readonly #table: ResourceTable;
  readonly #directory: ClinicDirectory;
  readonly #options: PlanOptions;
  /** Person of each patient row and of each visit row, visit of each visit row: NONE where there is none. */
  readonly #personOfPatient: number[] = [];
  readonly #personOfVisit: number[] = [];
  readonly #firstOfVisit: number[] = [];
  readonly #visits = new Map<number, LinkedVisit>();

  constructor(table: ResourceTable, directory: ClinicDirectory, options: PlanOptions) {
    this.#table = table;
    this.#directory = directory;
    this.#options = options;
    this.definitions = new Definitions(table);
  }

  /** Rows of one identity are one person, unless their birth dates differ. */
  async linkPersons(): Promise<void> {
    const byIdentity = new Map<number, number>();
    const { patients } = this.#table;
    for (let row = 0; row < patients.length; row++) {
      const identity = patients.at(row, 'identity');
      const known = byIdentity.get(identity);
      const conflict = known !== undefined && this.#birthOf(known) !== patients.at(row, 'birth');
      if (conflict) this.#refuse('patients', row, 'Patient', 'fhir-patient-conflict', 'patient');
      const person = conflict ? NONE : (known ?? this.#newPerson());
      byIdentity.set(identity, known ?? person);
      this.#personOfPatient.push(person);
      if (person !== NONE) await this.#addPatientRow(person, row);
    }
  }

  /** Gives each visit its person, clinic and practitioner. A visit that comes twice counts once. */
  async linkVisits(): Promise<void> {
    const seen = new Map<string, number>();
    for (let row = 0; row < this.#table.encounters.length; row++) {
      const person = this.#visitPerson(row);
      const identity = `${person} ${this.#table.encounters.at(row, 'own')}`;
      const first = person === NONE ? row : (seen.get(identity) ?? row);
      seen.set(identity, first);
      this.#personOfVisit.push(person);
      this.#firstOfVisit.push(first);
      if (person !== NONE && first === row) await this.#addVisit(person, row);
    }
  }

  /** Gives each diagnosis and treatment its visit, or leaves it with its person when it names none. */
  linkItems(): void {
    const { items } = this.#table;
    for (let row = 0; row < items.length; row++) {
      const code = items.at(row, 'encounter') === NONE ? this.#addLoose(row) : this.#addToVisit(row);
      if (code !== undefined)
        this.#refuse('items', row, ITEM_TYPES[items.at(row, 'type')] ?? '', code, 'part');
    }
  }

  /** The visit row that a reference from this file means, of all that were linked. */
  #visitRow(key: number, source: number): Lookup<number> {
    return this.definitions.lookUp(key, source, 'encounters', (row) => this.#firstOfVisit[row] ?? row);
  }

  #newPerson(): number {
    return this.persons.push({ rows: [], visits: [], looseItems: [], homeClinicRef: undefined }) - 1;
  }

  #birthOf(person: number): number {
    return this.#table.patients.at(this.persons[person]?.rows[0] ?? NONE, 'birth');
  }

  async #addPatientRow(index: number, row: number): Promise<void> {
    const person = this.persons[index];
    if (person === undefined) return;
    person.rows.push(row);
    const { patients } = this.#table;
    const clinic = await this.#directory.clinicRef(
      patients.at(row, 'organization'),
      patients.at(row, 'source'),
    );
    if ('ref' in clinic) person.homeClinicRef ??= clinic.ref;
  }

  #visitPerson(row: number): number {
    const { encounters } = this.#table;
    const found = this.#lookUpPerson(encounters.at(row, 'subject'), encounters.at(row, 'source'));
    if (typeof found === 'number') return found;
    this.#refuse('encounters', row, 'Encounter', found, 'visit');
    return NONE;
  }

  #lookUpPerson(key: number, source: number): number | FhirReadingCode {
    if (key === NONE) return 'fhir-subject-missing';
    const lookup = this.definitions.lookUp(
      key,
      source,
      'patients',
      (row) => this.#personOfPatient[row] ?? NONE,
    );
    if ('missing' in lookup) return `fhir-reference-${lookup.missing}`;
    return lookup.found === NONE ? 'fhir-patient-refused' : lookup.found;
  }

  async #addVisit(index: number, row: number): Promise<void> {
    const person = this.persons[index];
    const clinicRef = await this.#visitClinic(person, row);
    if (person === undefined || clinicRef === undefined) return;
    const visit = { row, clinicRef, practitionerRef: this.#visitPractitioner(row, clinicRef), items: [] };
    person.visits.push(visit);
    this.#visits.set(row, visit);
  }

  /** The organization of the visit; only where it names none, the caller's clinic, then the patient's own. */
  async #visitClinic(person: LinkedPerson | undefined, row: number): Promise<string | undefined> {
    const { encounters } = this.#table;
    const key = encounters.at(row, 'organization');
    const fallback = this.#options.defaultClinicRef ?? person?.homeClinicRef;
    if (key === NONE && fallback !== undefined) return fallback;
    const clinic = await this.#directory.clinicRef(key, encounters.at(row, 'source'));
    if ('ref' in clinic) return clinic.ref;
    this.#refuse('encounters', row, 'Encounter', clinic.missing, 'visit');
    return undefined;
  }

  #visitPractitioner(row: number, clinicRef: string): string | null {
    const { encounters } = this.#table;
    const key = encounters.at(row, 'practitioner');
    if (key === NONE) return null;
    const ref = this.#directory.practitionerRef(key, encounters.at(row, 'source'), clinicRef);
    if (ref === undefined)
      this.#refuse('encounters', row, 'Encounter', 'fhir-practitioner-unresolved', 'part');
    return ref ?? null;
  }

  #addLoose(row: number): FhirReadingCode | undefined {
    const { items } = this.#table;
    const person = this.#lookUpPerson(items.at(row, 'subject'), items.at(row, 'source'));
    if (typeof person !== 'number') return person;
    this.persons[person]?.looseItems.push(row);
    return undefined;
  }

  #addToVisit(row: number): FhirReadingCode | undefined {
    const { items } = this.#table;
    const source = items.at(row, 'source');
    const lookup = this.#visitRow(items.at(row, 'encounter'), source);
    if ('missing' in lookup) return `fhir-reference-${lookup.missing}`;
    if (this.#namesAnother(items.at(row, 'subject'), source, lookup.found)) return 'fhir-subject-mismatch';
    const visit = this.#visits.get(lookup.found);
    if (visit === undefined) return 'fhir-visit-refused';
    visit.items.push(row);
    return undefined;
  }

  #namesAnother(subject: number, source: number, visitRow: number): boolean {
    return subject !== NONE && this.#lookUpPerson(subject, source) !== this.#personOfVisit[visitRow];
  }

  #refuse(
    kind: 'patients' | 'encounters' | 'items',
    row: number,
    type: string,
    code: FhirReadingCode,
    lost: PlanRefusal['lost'],
  ): void {
    const columns = this.#table[kind];
    const place = {
      source: columns.at(row, 'source'),
      offset: columns.at(row, 'offset'),
      own: columns.at(row, 'own'),
    };
    this.refusals.push(planRefusal(refusedRow(this.#table, place, type), code, lost));
  }
}
