import type { CarewardRequest } from '../request-context/index.ts';

/** One place of a request that may name a clinic. */
export interface ClinicIdSource {
  readonly name: 'header' | 'query' | 'token' | 'route' | 'body';
  readonly read: (request: CarewardRequest) => unknown[];
}

/** The five sources in their priority. Each only asks; what it says is checked against the memberships. */
export const CLINIC_ID_SOURCES: readonly ClinicIdSource[] = [
  { name: 'header', read: ({ headers }) => [headers['x-clinic-id'], headers['clinic-id']] },
  { name: 'query', read: ({ query }) => ownValues(query) },
  { name: 'token', read: ({ careward }) => [careward.principal?.tokenClinicId] },
  { name: 'route', read: ({ params }) => ownValues(params) },
  { name: 'body', read: ({ body }) => ownValues(body) },
];

/**
 * Takes the clinic ids out of query and body once they are checked: they belong to this stage, and the schemas of the rooms, which
 * refuse what they do not know, never see them.
 */
export function takeClinicIds(request: CarewardRequest): void {
  for (const container of [request.query, request.body]) {
    if (typeof container !== 'object' || container === null) continue;
    for (const key of SPELLINGS) Reflect.deleteProperty(container, key);
  }
}

const SPELLINGS = ['clinicId', 'clinic_id'];

/** Every value under either spelling. Inherited properties are not looked at: `__proto__` names no clinic. */
function ownValues(container: unknown): unknown[] {
  if (typeof container !== 'object' || container === null) return [];
  return SPELLINGS.flatMap((key) =>
    Object.hasOwn(container, key) ? [(container as Record<string, unknown>)[key]] : [],
  );
}
