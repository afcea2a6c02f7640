import type { ClinicId } from '@careward/kernel';
import type { WrappedKey } from '@careward/vault';
import { auditEntryInsert } from '../../audit/index.ts';
import {
  type Database,
  isUniqueViolation,
  type ScopedDatabase,
  type WriteReceipt,
  writeOnce,
} from '../../persistence/index.ts';
import type { ClinicContext, ClinicIdentity, IdentityContext } from '../../request-context/index.ts';
import { clinicsErrors } from './clinics.errors.ts';

/** A clinic as it is stored. */
export interface ClinicRow {
  readonly id: ClinicId;
  readonly name: string;
  readonly region: string;
  readonly createdAt: Date;
}

/** What makes a new clinic. */
export interface NewClinic {
  readonly id: ClinicId;
  readonly name: string;
  readonly region: string;
  readonly identifiers: readonly string[];
  readonly key: WrappedKey;
}

/** Clinics, their identifiers and their wrapped keys. */
export class ClinicsRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Stores a clinic with its first key, all or nothing. Answers the clinic that this receipt first made. */
  async create(
    context: IdentityContext,
    clinic: NewClinic,
    receipt: WriteReceipt | null,
  ): Promise<ClinicRow | undefined> {
    const operator = this.#database.forOperator(context);
    const { id, name, region } = clinic;
    try {
      const statements = [
        operator.build.insertInto('clinic').values({ id, name, region }),
        operator.build
          .insertInto('clinic_key')
          .values({ clinic_id: id, key_version: clinic.key.version, wrapped: clinic.key.wrapped }),
        operator.build.insertInto('mrn_counter').values({ clinic_id: id }),
        ...clinic.identifiers.map((identifier) =>
          operator.build.insertInto('clinic_identifier').values({ clinic_id: id, identifier }),
        ),
        operator.build.insertInto('audit_entry').values({
          clinic_id: id,
          action: 'clinic.create',
          resource_type: 'clinic',
          resource_id: id,
          outcome: 'success',
        }),
      ];
      const answer = (made: ClinicId) => selectClinics(operator).where('id', '=', made);
      const [row] = await writeOnce(operator, receipt, { resourceId: id, statements, answer });
      return row && toClinicRow(row);
    } catch (error) {
      if (isUniqueViolation(error, 'clinic_identifier_identifier_key')) {
        throw clinicsErrors.error('clinic-identifier-taken', { cause: error });
      }
      throw error;
    }
  }

  /** The context's clinic. */
  async find(context: ClinicContext): Promise<ClinicRow | undefined> {
    const clinic = this.#database.forClinic(context);
    const [row] = await clinic.run(selectClinics(clinic));
    return row && toClinicRow(row);
  }

  /** Lets patients register by themselves, or not; the entry says which. */
  async changeSelfRegistration(context: ClinicIdentity, isOpen: boolean): Promise<void> {
    const identity = this.#database.forIdentity(context);
    const changed = {
      action: 'clinic.change-settings',
      resourceType: 'clinic',
      resourceId: context.clinicId,
      outcome: 'success',
      reason: isOpen ? 'self-registration-open' : 'self-registration-closed',
    } as const;
    await identity.batch([
      identity.build
        .updateTable('clinic')
        .set({ self_registration: isOpen })
        .where('id', '=', context.clinicId),
      auditEntryInsert(identity.build, changed, context.clinicId),
    ]);
  }

  /** All clinics of the region, by name, after the clinic `after`. For platform administrators. */
  async list(
    context: IdentityContext,
    page: { limit: number; after: ClinicId | null },
  ): Promise<ClinicRow[]> {
    const operator = this.#database.forOperator(context);
    const query = selectClinics(operator).orderBy('id').limit(page.limit);
    const rows = await operator.run(page.after === null ? query : query.where('id', '>', page.after));
    return rows.map(toClinicRow);
  }

  /** The clinics of the region with these ids. For a person's own list. */
  async findMany(context: IdentityContext, ids: readonly ClinicId[]): Promise<ClinicRow[]> {
    const identity = this.#database.forIdentity(context);
    const rows = await identity.run(
      selectClinics(identity)
        .where((eb) => eb('id', '=', eb.fn.any(eb.val(ids))))
        .orderBy('id'),
    );
    return rows.map(toClinicRow);
  }

  /** The clinic known elsewhere under any of these identifiers. For imports by the operator. */
  async findByIdentifiers(
    context: IdentityContext,
    identifiers: readonly string[],
  ): Promise<ClinicId | undefined> {
    const operator = this.#database.forOperator(context);
    const [row] = await operator.run(
      operator.build
        .selectFrom('clinic_identifier')
        .select('clinic_id')
        .where((eb) => eb('identifier', '=', eb.fn.any(eb.val(identifiers))))
        .orderBy('identifier')
        .limit(1),
    );
    return row && (row.clinic_id as ClinicId);
  }
}

function toClinicRow(row: { id: string; name: string; region: string; created_at: Date }): ClinicRow {
  return { id: row.id as ClinicId, name: row.name, region: row.region, createdAt: row.created_at };
}

function selectClinics(scope: ScopedDatabase) {
  return scope.build.selectFrom('clinic').select(['id', 'name', 'region', 'created_at']);
}
