import type { PageQuery } from '@careward/api-schema';
import { errorTable, isUuid } from '@careward/kernel';

/** Refusals of list requests. */
export const pageErrors = errorTable({
  'cursor-malformed': {
    category: 'invalid-input',
    publicMessage: 'The cursor is not one that an earlier page gave.',
  },
});

/** A page of a list as a repository takes it: how many rows, and after which one. */
export interface PageRequest<Id extends string> {
  readonly limit: number;
  readonly after: Id | null;
}

/** Reads a page query. A cursor is the id of the last row of the page before: it says nothing about the row and sorts nothing. */
export function pageRequest<Id extends string>(query: PageQuery): PageRequest<Id> {
  if (query.cursor !== undefined && !isUuid(query.cursor)) throw pageErrors.error('cursor-malformed');
  return { limit: query.limit, after: (query.cursor ?? null) as Id | null };
}

/** One page as the API answers it. A full page may be followed by an empty one. */
export function toPage<Row extends { readonly id: string }, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } {
  const last = rows.at(-1);
  return { items: rows.map(toItem), nextCursor: last === undefined || rows.length < limit ? null : last.id };
}
