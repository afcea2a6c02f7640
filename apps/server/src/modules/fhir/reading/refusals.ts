import { type FhirReadingCode, fhirReadingErrors } from './fhir-reading.errors.ts';
import type { PlanRefusal } from './import-plan.ts';
import type { ResourceTable } from './resource-table.ts';

/** Where a resource was found, for a refusal: enough to find it again, nothing of its content. */
export interface RefusedResource {
  readonly file: string;
  readonly type: string;
  /** A valid FHIR id, or undefined. */
  readonly id: string | undefined;
  readonly offset: number;
}

/** A refusal in the shape of the import report. `note` names the part that was left out or the place in the file, never a value. */
export function planRefusal(
  resource: RefusedResource,
  code: FhirReadingCode,
  lost: PlanRefusal['lost'],
  note?: string,
): PlanRefusal {
  const reason = fhirReadingErrors.codes[code].publicMessage;
  return {
    file: resource.file,
    resource:
      resource.id === undefined
        ? `${resource.type} at byte ${resource.offset}`
        : `${resource.type}/${resource.id}`,
    code,
    reason: note === undefined ? reason : `${reason} (${note})`,
    lost,
  };
}

/** The place of a row that was indexed. Its key is shown only when it is a plain id: other keys can hold numbers of the patient. */
export function refusedRow(
  table: ResourceTable,
  row: { readonly source: number; readonly offset: number; readonly own: number },
  type: string,
): RefusedResource {
  const key = table.text(row.own);
  const id = key.startsWith(`${type}/`) ? key.slice(type.length + 1) : key;
  return {
    file: table.sources[row.source]?.name ?? '',
    type,
    id: /^[A-Za-z0-9.-]{1,64}$/.test(id) ? id : undefined,
    offset: row.offset,
  };
}
