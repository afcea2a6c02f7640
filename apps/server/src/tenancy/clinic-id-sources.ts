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

/** Every value under either spelling. Inherited properties are not looked at: `__proto__` names no clinic. */
function ownValues(container: unknown): unknown[] {
  if (typeof container !== 'object' || container === null) return [];
  return ['clinicId', 'clinic_id'].flatMap((key) =>
    Object.hasOwn(container, key) ? [(container as Record<string, unknown>)[key]] : [],
  );
}
