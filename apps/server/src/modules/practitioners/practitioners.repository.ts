import type { Database } from '../../persistence/index.ts';
import type { ClinicContext, PageRequest } from '../../request-context/index.ts';

/** A practitioner as stored. Names of practitioners are not health information. */
export interface PractitionerRow {
  readonly id: string;
  readonly name: string;
}

/** The people who treat in the context's clinic. */
export class PractitionersRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** A page of practitioners. */
  async list(context: ClinicContext, page: PageRequest<string>): Promise<PractitionerRow[]> {
    const clinic = this.#database.forClinic(context);
    const all = clinic.build
      .selectFrom('practitioner')
      .select(['id', 'name'])
      .orderBy('id')
      .limit(page.limit);
    return clinic.run(page.after === null ? all : all.where('id', '>', page.after));
  }
}
