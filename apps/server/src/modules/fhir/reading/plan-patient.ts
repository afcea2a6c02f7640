import { type Demographics, readDemographics } from './demographics.ts';
import { type FoundResource, readResource } from './element-reader.ts';
import { type JsonObject, objectsAt, referenceAt } from './fhir-json.ts';
import type { FhirReadingCode } from './fhir-reading.errors.ts';
import type { ClinicVisits, PlanOptions, PlanRefusal, PlanStep, VisitPlan } from './import-plan.ts';
import type { Linked, LinkedPerson, LinkedVisit } from './link-resources.ts';
import { readVisitTime, visitTexts } from './plan-visit.ts';
import { type ClinicalItem, readItem } from './read-item.ts';
import { referenceKeys } from './reference-keys.ts';
import { planRefusal, refusedRow } from './refusals.ts';
import { ITEM_TYPES, type ResourceTable, type RowKind } from './resource-table.ts';

/** A visit while its diagnoses and treatments are gathered. */
interface OpenVisit {
  readonly link: LinkedVisit;
  readonly encounter: JsonObject;
  readonly start: string;
  readonly end: string | null;
  readonly startMs: number;
  readonly endMs: number;
  readonly items: ClinicalItem[];
}

/** Reads one person with all visits, and answers the plan for the person and what of it was refused. */
export async function planPatient(
  table: ResourceTable,
  linked: Linked,
  person: LinkedPerson,
  options: PlanOptions,
): Promise<PlanStep[]> {
  return new PatientPlanner(table, linked, person, options).plan();
}

class PatientPlanner {
  readonly #table: ResourceTable;
  readonly #linked: Linked;
  readonly #person: LinkedPerson;
  readonly #options: PlanOptions;
  readonly #refusals: PlanRefusal[] = [];

  constructor(table: ResourceTable, linked: Linked, person: LinkedPerson, options: PlanOptions) {
    this.#table = table;
    this.#linked = linked;
    this.#person = person;
    this.#options = options;
  }

  async plan(): Promise<PlanStep[]> {
    const demographics = await this.#demographics();
    const clinics = demographics === undefined ? [] : await this.#clinics();
    const [row = 0] = this.#person.rows;
    if (demographics !== undefined && clinics.length === 0)
      this.#refuse('patients', row, 'fhir-clinic-missing', 'patient');
    const steps: PlanStep[] = this.#refusals.map((refusal) => ({ kind: 'refusal', refusal }));
    if (demographics === undefined || clinics.length === 0) return steps;
    const sourceKey = this.#table.text(this.#table.patients.at(row, 'identity'));
    return [{ kind: 'patient', patient: { sourceKey, ...demographics, clinics } }, ...steps];
  }

  async #demographics(): Promise<Demographics | undefined> {
    const [row = 0] = this.#person.rows;
    const { resource } = await this.#read('patients', row);
    const result = readDemographics(resource);
    if ('demographics' in result) {
      for (const member of result.leftOut)
        this.#refuse('patients', row, 'fhir-member-unusable', 'part', member);
      return result.demographics;
    }
    this.#refuse('patients', row, result.refused, 'patient');
    for (const visit of this.#person.visits)
      this.#refuse('encounters', visit.row, 'fhir-patient-refused', 'visit');
    return undefined;
  }

  /** The visits by clinic; without any, the clinic that the caller, the patient or a refused visit names. */
  async #clinics(): Promise<ClinicVisits[]> {
    const open = await this.#openVisits();
    await this.#gatherItems(open);
    const byClinic = new Map<string, VisitPlan[]>();
    for (const visit of open.toSorted(byTime)) {
      const plan = this.#close(visit);
      if (plan === undefined) continue;
      const visits = byClinic.get(visit.link.clinicRef) ?? [];
      byClinic.set(visit.link.clinicRef, visits);
      visits.push(plan);
    }
    const { homeClinicRef, visits } = this.#person;
    const home = this.#options.defaultClinicRef ?? homeClinicRef ?? visits[0]?.clinicRef;
    if (byClinic.size === 0 && home !== undefined) byClinic.set(home, []);
    return [...byClinic].map(([clinicRef, visits]) => ({ clinicRef, visits }));
  }

  async #openVisits(): Promise<OpenVisit[]> {
    const open: OpenVisit[] = [];
    for (const link of this.#person.visits) {
      const { resource } = await this.#read('encounters', link.row);
      const time = readVisitTime(resource);
      if ('refused' in time) this.#refuseVisit(link, time.refused);
      else open.push(openVisit(link, resource, time));
    }
    return open;
  }

  #refuseVisit(link: LinkedVisit, code: FhirReadingCode): void {
    this.#refuse('encounters', link.row, code, 'visit');
    for (const item of link.items) this.#refuse('items', item, 'fhir-visit-refused', 'part');
  }

  async #gatherItems(open: readonly OpenVisit[]): Promise<void> {
    for (const visit of open) {
      for (const row of visit.link.items) await this.#addItem(row, () => visit);
    }
    const claimed = this.#claimedDiagnoses(open);
    for (const row of this.#person.looseItems) {
      await this.#addItem(row, (item) => claimed.get(row) ?? visitAt(open, item.timeMs));
    }
  }

  async #addItem(row: number, choose: (item: ClinicalItem) => OpenVisit | undefined): Promise<void> {
    const { resource } = await this.#read('items', row);
    const source = this.#table.items.at(row, 'source');
    const item = await readItem(resource, this.#table.items.at(row, 'type'), (reference) =>
      this.#medication(reference, source),
    );
    if ('refused' in item) return this.#refuse('items', row, item.refused, 'part');
    const visit = choose(item);
    if (visit === undefined) return this.#refuse('items', row, 'fhir-visit-missing', 'part');
    visit.items.push(item);
  }

  /** Diagnoses that name no visit, but that a visit names. */
  #claimedDiagnoses(open: readonly OpenVisit[]): Map<number, OpenVisit> {
    const claimed = new Map<number, OpenVisit>();
    for (const visit of open) {
      for (const diagnosis of objectsAt(visit.encounter, 'diagnosis')) {
        const row = this.#rowOf(
          referenceAt(diagnosis, 'condition'),
          this.#table.encounters.at(visit.link.row, 'source'),
          'items',
        );
        if (row !== undefined && !claimed.has(row)) claimed.set(row, visit);
      }
    }
    return claimed;
  }

  #rowOf(reference: string | undefined, source: number, kind: RowKind): number | undefined {
    const [key] = reference === undefined ? [] : referenceKeys(reference);
    if (key === undefined) return undefined;
    const lookup = this.#linked.definitions.lookUp(this.#table.find(key), source, kind, (row) => row);
    return 'found' in lookup ? lookup.found : undefined;
  }

  async #medication(reference: string, source: number): Promise<JsonObject | undefined> {
    const row = this.#rowOf(reference, source, 'medications');
    return row === undefined ? undefined : (await this.#read('medications', row)).resource;
  }

  #close(visit: OpenVisit): VisitPlan | undefined {
    const { link, encounter, start, end, items } = visit;
    const texts = visitTexts(encounter, items);
    if (texts === undefined) this.#refuse('encounters', link.row, 'fhir-text-unusable', 'visit');
    const sourceKey = this.#table.text(this.#table.encounters.at(link.row, 'own'));
    const { practitionerRef } = link;
    return texts && { sourceKey, practitionerRef, visitStart: start, visitEnd: end, ...texts };
  }

  async #read(kind: RowKind, row: number): Promise<FoundResource> {
    const columns = this.#table[kind];
    const source = this.#table.sources[columns.at(row, 'source')];
    const found =
      source &&
      (await readResource(source, {
        offset: columns.at(row, 'offset'),
        length: columns.at(row, 'length'),
        members: columns.at(row, 'members'),
        depth: columns.at(row, 'depth'),
        form: columns.at(row, 'form') === 1 ? 'entry' : 'resource',
      }));
    if (found === undefined) throw new Error('a file of the import changed while it was read');
    return found;
  }

  #refuse(kind: RowKind, row: number, code: FhirReadingCode, lost: PlanRefusal['lost'], note?: string): void {
    const columns = this.#table[kind];
    const place = {
      source: columns.at(row, 'source'),
      offset: columns.at(row, 'offset'),
      own: columns.at(row, 'own'),
    };
    const type = kind === 'items' ? (ITEM_TYPES[this.#table.items.at(row, 'type')] ?? '') : TYPE_NAMES[kind];
    this.#refusals.push(planRefusal(refusedRow(this.#table, place, type), code, lost, note));
  }
}

const TYPE_NAMES = { patients: 'Patient', encounters: 'Encounter', medications: 'Medication' } as const;

function openVisit(
  link: LinkedVisit,
  encounter: JsonObject,
  time: { start: string; end: string | null },
): OpenVisit {
  const startMs = Date.parse(time.start);
  const endMs = time.end === null ? Number.POSITIVE_INFINITY : Date.parse(time.end);
  return { link, encounter, ...time, startMs, endMs, items: [] };
}

/** The visit in which a point in time lies; of several the one that began last. A visit without an end lasts for ever. */
function visitAt(open: readonly OpenVisit[], timeMs: number | undefined): OpenVisit | undefined {
  if (timeMs === undefined) return undefined;
  let latest: OpenVisit | undefined;
  for (const visit of open) {
    const contains = visit.startMs <= timeMs && timeMs <= visit.endMs;
    if (contains && (latest === undefined || byTime(visit, latest) > 0)) latest = visit;
  }
  return latest;
}

function byTime(a: OpenVisit, b: OpenVisit): number {
  return a.startMs - b.startMs || a.link.row - b.link.row;
}
