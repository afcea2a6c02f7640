import { errorTable } from '@careward/kernel';

const publicMessage = 'The database could not be opened.';

/** Refusals of opening a database; met at start, by the operator. */
export const databaseErrors = errorTable({
  'connections-database-in-use': { category: 'unavailable', publicMessage },
  'connections-database-unusable': { category: 'internal', publicMessage },
  'connections-database-url-malformed': { category: 'internal', publicMessage },
});
