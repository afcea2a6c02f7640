import type { PractitionerPage } from '@careward/api-schema';
import { type ClinicContext, type PageRequest, toPage } from '../../request-context/index.ts';
import type { PractitionersRepository } from './practitioners.repository.ts';

/** The people who treat in a clinic: those whom medical records name. */
export class PractitionersService {
  readonly #repository: PractitionersRepository;

  constructor(repository: PractitionersRepository) {
    this.#repository = repository;
  }

  /** A page of the clinic's practitioners. */
  async list(context: ClinicContext, page: PageRequest<string>): Promise<PractitionerPage> {
    return toPage(await this.#repository.list(context, page), page.limit, ({ id, name }) => ({ id, name }));
  }
}
