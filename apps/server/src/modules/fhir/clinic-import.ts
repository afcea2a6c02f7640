import type { ImportReport } from '@careward/api-schema';
import type { ClinicContext } from '../../request-context/index.ts';
import type { ImportService } from './import.service.ts';
import { OwnClinicTarget } from './import-target.ts';
import { bufferSource, planImport } from './reading/index.ts';

/** Imports an uploaded bundle into the caller's own clinic. */
export class ClinicImport {
  readonly #imports: ImportService;

  constructor(imports: ImportService) {
    this.#imports = imports;
  }

  /** `body` is the bundle as bytes, or as the JSON parser gave it. */
  run(context: ClinicContext, body: unknown): Promise<ImportReport> {
    const target = new OwnClinicTarget(context);
    const source = bufferSource(
      'upload',
      Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body ?? null)),
    );
    const options = { defaultClinicRef: context.clinicId, isKnownClinic: () => target.isKnownClinic() };
    return this.#imports.run(planImport([source], options), target);
  }
}
