import { z } from 'zod';

/** A UUID in either case; the parsed value is in lower case, the form in which ids are stored and compared. */
export const Uuid = z
  .guid('must be a UUID')
  .toLowerCase()
  .meta({ id: 'Uuid', description: 'A UUID (RFC 9562).' });
