import type { ImportReport } from '@careward/api-schema';
import type { AuditTrail } from '../../audit/index.ts';
import type { ClinicContext } from '../../request-context/index.ts';
import type { ImportService } from './import.service.ts';
import { OwnClinicTarget } from './import-target.ts';
import { bufferSource, type FhirReadingCode, fhirReadingErrors, planImport } from './reading/index.ts';

const BEGIN = { action: 'import.begin', resourceType: 'import', outcome: 'success' } as const;

/** Imports an uploaded bundle into the caller's own clinic. */
export class ClinicImport {
  readonly #imports: ImportService;
  readonly #audit: AuditTrail;
  readonly #maxResources: number;

  constructor(imports: ImportService, audit: AuditTrail, maxResources: number) {
    this.#imports = imports;
    this.#audit = audit;
    this.#maxResources = maxResources;
  }

  /**
   * `body` are the bytes of one bundle or resource. What of it breaks a rule is refused in the report; a body that is no FHIR at all
   * refuses the request. The import has its entry before anything is looked at: the report tells who is known here, also when
   * nothing changes.
   */
  async run(context: ClinicContext, body: unknown): Promise<ImportReport> {
    await this.#audit.recordInClinic(context, BEGIN, {});
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
