import type { Clinic, ClinicCreate, ClinicPage, ClinicSettings } from '@careward/api-schema';
import { type ClinicId, newId } from '@careward/kernel';
import type { EncryptionService } from '../../encryption/index.ts';
import type { WriteReceipt } from '../../persistence/index.ts';
import {
  type ClinicContext,
  type ClinicIdentity,
  type IdentityContext,
  type PageRequest,
  toPage,
} from '../../request-context/index.ts';
import { tenancyErrors } from '../../tenancy/index.ts';
import type { ClinicRow, ClinicsRepository } from './clinics.repository.ts';

/** Clinics: the platform's administrators create and list them, a member sees their own. */
export class ClinicsService {
  readonly #repository: ClinicsRepository;
  readonly #encryption: EncryptionService;
  readonly #region: string;

  constructor(repository: ClinicsRepository, encryption: EncryptionService, region: string) {
    this.#repository = repository;
    this.#encryption = encryption;
    this.#region = region;
  }

  /** Creates a clinic with its own key; repeated with the same receipt, answers the clinic it made the first time. */
  async create(
    context: IdentityContext,
    clinic: ClinicCreate,
    receipt: WriteReceipt | null,
  ): Promise<Clinic> {
    const id = newId<ClinicId>();
    const key = await this.#encryption.createClinicKey(id);
    const { name, identifiers = [] } = clinic;
    const row = await this.#repository.create(
      context,
      { id, name, region: this.#region, identifiers, key },
      receipt,
    );
    if (row === undefined) throw tenancyErrors.error('clinic-not-found');
    return toClinic(row);
  }

  /** The clinic known elsewhere under one of these identifiers. */
  findByIdentifiers(context: IdentityContext, identifiers: readonly string[]): Promise<ClinicId | undefined> {
    return this.#repository.findByIdentifiers(context, identifiers);
  }

  /** The context's clinic, or `clinic-not-found`. */
  async get(context: ClinicContext): Promise<Clinic> {
    const row = await this.#repository.find(context);
    if (row === undefined) throw tenancyErrors.error('clinic-not-found');
    return toClinic(row);
  }

  /** Decides whether patients may register by themselves. */
  async changeSettings(context: ClinicIdentity, settings: ClinicSettings): Promise<ClinicSettings> {
    await this.#repository.changeSelfRegistration(context, settings.selfRegistration);
    return settings;
  }

  /** The clinics with these ids. */
  async getMany(context: IdentityContext, ids: readonly ClinicId[]): Promise<Clinic[]> {
    return ids.length === 0 ? [] : (await this.#repository.findMany(context, ids)).map(toClinic);
  }

  /** All clinics of the region, a page at a time. */
  async list(context: IdentityContext, page: PageRequest<ClinicId>): Promise<ClinicPage> {
    return toPage(await this.#repository.list(context, page), page.limit, toClinic);
  }
}

function toClinic(row: ClinicRow): Clinic {
  return { id: row.id, name: row.name, region: row.region, createdAt: row.createdAt.toISOString() };
}
