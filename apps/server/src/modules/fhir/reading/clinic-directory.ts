import { singleLine } from '@careward/api-schema';
import { NONE } from './columns.ts';
import type { OrganizationPlan, PlanOptions, PractitionerPlan } from './import-plan.ts';
import { NamedEntities, type NamedEntity, type NamedMention } from './named-entities.ts';
import { referenceKeys } from './reference-keys.ts';
import { type ResourceTable } from './resource-table.ts';

/** Why an organization gives no clinic. */
export type NoClinic = 'fhir-clinic-missing' | 'fhir-reference-ambiguous';

const ClinicName = singleLine(200);
const PractitionerName = singleLine(300);

/** Which clinics and practitioners an import has, and what references to them mean. */
export class ClinicDirectory {
  readonly #table: ResourceTable;
  readonly #options: PlanOptions;
  readonly #organizations: NamedEntities;
  readonly #practitioners: NamedEntities;
  readonly #known = new Map<number, string | undefined>();
  readonly #roleByKey = new Map<number, number>();
  readonly #staff = new Map<string, Map<string, PractitionerPlan>>();

  constructor(table: ResourceTable, options: PlanOptions) {
    this.#table = table;
    this.#options = options;
    this.#organizations = new NamedEntities(table.organizations);
    this.#practitioners = new NamedEntities(table.practitioners);
    for (let row = 0; row < table.roles.length; row++) this.#roleByKey.set(table.roles.at(row, 'key'), row);
  }

  /** The clinics: every organization that gives care and can be told from all others, and those known before that visits name. */
  clinics(): OrganizationPlan[] {
    const known = [...this.#known.values()].filter((ref) => ref !== undefined);
    return [
      ...this.#organizations.all.flatMap((entity) => clinicOf(entity) ?? []),
      ...known.map((ref) => ({ ref, sourceIds: [ref], name: ref, known: true })),
    ];
  }

  /** The providers that cannot become a clinic: without a usable name, or without an id that no other one has. */
  refused(): { mention: NamedMention; code: 'fhir-name-missing' | 'fhir-source-id-missing' }[] {
    return this.#organizations.all.flatMap((entity) => {
      const [mention] = entity.mentions;
      if (!entity.eligible || mention === undefined || clinicOf(entity) !== undefined) return [];
      return [
        { mention, code: entity.sourceIds.length === 0 ? 'fhir-source-id-missing' : 'fhir-name-missing' },
      ];
    });
  }

  /** How many organizations give no care, and how many practitioners work in none of the import's clinics. */
  unused(): { organizations: number; practitioners: number } {
    const working = new Set([...this.#staff.values()].flatMap((staff) => [...staff.keys()]));
    const idle = this.#practitioners.all.filter((each) => !working.has(each.sourceIds[0] ?? ''));
    const payers = this.#organizations.all.filter((each) => !each.eligible);
    return { organizations: payers.length, practitioners: idle.length };
  }

  /** The practitioners that visits and roles have shown so far, clinic by clinic. */
  practitioners(): PractitionerPlan[] {
    return [...this.#staff.values()].flatMap((staff) => [...staff.values()]);
  }

  /** The clinic that a reference means: in the files, else one that exists already. */
  async clinicRef(key: number, source: number): Promise<{ ref: string } | { missing: NoClinic }> {
    const lookup = this.#organizations.lookUp(key, source);
    if ('found' in lookup) {
      const clinic = clinicOf(lookup.found);
      return clinic === undefined ? { missing: 'fhir-clinic-missing' } : { ref: clinic.ref };
    }
    if (lookup.missing === 'ambiguous') return { missing: 'fhir-reference-ambiguous' };
    const ref = await this.#knownClinic(key);
    return ref === undefined ? { missing: 'fhir-clinic-missing' } : { ref };
  }

  /** The practitioner that a reference means, put on the staff of the clinic; undefined when nothing is known, not even a name. */
  practitionerRef(key: number, source: number, clinicRef: string): string | undefined {
    const plan =
      this.#practitionerPlan(this.#throughRole(key), source, clinicRef) ??
      this.#displayedPlan(key, clinicRef);
    if (plan === undefined || !PractitionerName.safeParse(plan.name).success) return undefined;
    const staff = this.#staff.get(clinicRef) ?? new Map<string, PractitionerPlan>();
    this.#staff.set(clinicRef, staff);
    if (!staff.has(plan.ref)) staff.set(plan.ref, plan);
    return plan.ref;
  }

  /** Puts on the staff of clinics whom practitioner roles say works there. */
  async addRoles(): Promise<void> {
    const { roles } = this.#table;
    for (let row = 0; row < roles.length; row++) {
      const clinic = await this.clinicRef(roles.at(row, 'organization'), NONE);
      if ('ref' in clinic) this.practitionerRef(roles.at(row, 'practitioner'), NONE, clinic.ref);
    }
  }

  async #knownClinic(key: number): Promise<string | undefined> {
    if (key === NONE || this.#options.isKnownClinic === undefined) return undefined;
    if (!this.#known.has(key)) {
      const sourceId = sourceIdOf(this.#table.text(key));
      this.#known.set(key, (await this.#options.isKnownClinic(sourceId)) ? sourceId : undefined);
    }
    return this.#known.get(key);
  }

  #throughRole(key: number): number {
    const role = this.#roleByKey.get(key);
    return role === undefined ? key : this.#table.roles.at(role, 'practitioner');
  }

  #practitionerPlan(key: number, source: number, clinicRef: string): PractitionerPlan | undefined {
    const lookup = this.#practitioners.lookUp(key, source);
    if (!('found' in lookup)) return undefined;
    const { name, sourceIds } = lookup.found;
    const [ref] = sourceIds;
    return ref === undefined ? undefined : { clinicRef, ref, sourceIds, name };
  }

  #displayedPlan(key: number, clinicRef: string): PractitionerPlan | undefined {
    const name = this.#table.displays.get(key);
    if (name === undefined) return undefined;
    const ref = sourceIdOf(this.#table.text(key));
    return { clinicRef, ref, sourceIds: [ref], name };
  }
}

function clinicOf(entity: NamedEntity): OrganizationPlan | undefined {
  const [ref] = entity.sourceIds;
  const name = ClinicName.safeParse(entity.name);
  if (!entity.eligible || ref === undefined || !name.success) return undefined;
  return { ref, sourceIds: entity.sourceIds, name: name.data, known: false };
}

/** The source id that a reference key stands for, in the form in which resources list theirs. */
function sourceIdOf(key: string): string {
  const conditional = /^[A-Z][A-Za-z]+\?(.+)$/s.exec(key);
  if (conditional?.[1] !== undefined) return conditional[1];
  const isUuidKey = referenceKeys(`urn:uuid:${key}`)[0] === key && /^[0-9a-f-]{36}$/.test(key);
  return isUuidKey ? `urn:uuid:${key}` : key;
}
