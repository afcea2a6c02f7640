import type { PageQuery } from '@careward/api-schema';
import { type PageRequest, pageErrors } from '../../request-context/index.ts';

const MOST_DIGITS = 18;

/** Reads a page query whose cursor is the id of an audit entry, a number in digits. Refuses others with `cursor-malformed`. */
export function entryPageRequest({ cursor, limit }: PageQuery): PageRequest<string> {
  const isEntryId = cursor === undefined || (/^[1-9]\d*$/.test(cursor) && cursor.length <= MOST_DIGITS);
  if (!isEntryId) throw pageErrors.error('cursor-malformed');
  return { limit, after: cursor ?? null };
}
