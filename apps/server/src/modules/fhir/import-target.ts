import { CarewardError, type ClinicId } from '@careward/kernel';
import type { ClinicContext, IdentityContext } from '../../request-context/index.ts';
import type { ClinicIsolationService } from '../../tenancy/index.ts';
import type { ClinicsService } from '../clinics/index.ts';
import type { OrganizationPlan } from './reading/index.ts';

/** Where an organization's visits go. */
export interface ImportDestination {
  readonly context: ClinicContext;
  readonly created: boolean;
}

/** Decides into which clinic an import may write. */
export interface ImportTarget {
  /** The destination of an organization. */
  destinationOf(organization: OrganizationPlan): Promise<ImportDestination>;
  /** The destination of what names no organization, under {@link ImportTarget.defaultClinicRef}; absent when there is none. */
  readonly defaultDestination?: ImportDestination;
  /** Whether an organization that the files name but do not hold is a clinic here. */
  isKnownClinic(sourceId: string): Promise<boolean>;
}

/** The caller's own clinic takes everything: a clinic cannot write into another one, nor find out that it exists. */
export class OwnClinicTarget implements ImportTarget {
  readonly defaultDestination: ImportDestination;

  constructor(context: ClinicContext) {
    this.defaultDestination = { context, created: false };
  }

  async destinationOf(): Promise<ImportDestination> {
    return this.defaultDestination;
  }

  async isKnownClinic(): Promise<boolean> {
    return true;
  }
}

/** The operator's import: every organization is the clinic known under one of its ids, made if there is none. */
export class OperatorTarget implements ImportTarget {
  readonly #clinics: ClinicsService;
  readonly #isolation: ClinicIsolationService;
  readonly #operator: IdentityContext;

  constructor(clinics: ClinicsService, isolation: ClinicIsolationService, operator: IdentityContext) {
    this.#clinics = clinics;
    this.#isolation = isolation;
    this.#operator = operator;
  }

  async destinationOf({ name, sourceIds }: OrganizationPlan): Promise<ImportDestination> {
    const known = await this.#find(sourceIds);
    if (known !== undefined) return { context: this.#grant(known), created: false };
    try {
      const clinic = await this.#clinics.create(this.#operator, { name, identifiers: [...sourceIds] }, null);
      return { context: this.#grant(clinic.id as ClinicId), created: true };
    } catch (error) {
      const made = isTaken(error) ? await this.#find(sourceIds) : undefined;
      if (made === undefined) throw error;
      return { context: this.#grant(made), created: false };
    }
  }

  async isKnownClinic(sourceId: string): Promise<boolean> {
    return (await this.#find([sourceId])) !== undefined;
  }

  #find(sourceIds: readonly string[]): Promise<ClinicId | undefined> {
    return this.#clinics.findByIdentifiers(this.#operator, sourceIds);
  }

  #grant(clinicId: ClinicId): ClinicContext {
    const { origin } = this.#operator;
    return this.#isolation.grant({
      clinicId,
      actorId: null,
      actorRole: 'OPERATOR',
      purpose: 'HOPERAT',
      scope: 'clinic',
      origin,
    });
  }
}

/** Another import made the clinic between our look and our insert. */
function isTaken(error: unknown): boolean {
  return error instanceof CarewardError && error.code === 'clinic-identifier-taken';
}
