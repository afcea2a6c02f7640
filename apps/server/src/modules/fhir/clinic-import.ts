import type { ImportReport } from '@careward/api-schema';
import type { ClinicContext } from '../../request-context/index.ts';
import type { ImportService } from './import.service.ts';
import { OwnClinicTarget } from './import-target.ts';
import { bufferSource, type FhirReadingCode, fhirReadingErrors, planImport } from './reading/index.ts';

/** Imports an uploaded bundle into the caller's own clinic. */
export class ClinicImport {
  readonly #imports: ImportService;
  readonly #maxResources: number;

  constructor(imports: ImportService, maxResources: number) {
    this.#imports = imports;
    this.#maxResources = maxResources;
  }

  /**
   * `body` are the bytes of one bundle or resource. What of it breaks a rule is refused in the report; a body that is no FHIR at all
   * refuses the request.
   */
  async run(context: ClinicContext, body: unknown): Promise<ImportReport> {
    const target = new OwnClinicTarget(context);
    const source = bufferSource('upload', Buffer.isBuffer(body) ? body : Buffer.alloc(0));
    const options = {
      defaultClinicRef: context.clinicId,
      isKnownClinic: () => target.isKnownClinic(),
      maxResources: this.#maxResources,
    };
    const report = await this.#imports.run(planImport([source], options), target);
    rejectUnreadable(report);
    return report;
  }
}

/** One refused file is all there was: nothing of it has been taken. */
function rejectUnreadable({ refusals }: ImportReport): void {
  const refusal = refusals.find(({ resource }) => resource === 'file');
  if (refusal === undefined) return;
  const faults = [{ path: '', message: refusal.reason }];
  throw fhirReadingErrors.error(refusal.code as FhirReadingCode, { faults });
}
