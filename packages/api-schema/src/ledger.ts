import { z } from 'zod';

const Size = z
  .string()
  .regex(/^[1-9]\d{0,15}$/, 'must be a number of leaves, from 1')
  .transform(Number)
  .pipe(z.int('must be a number of leaves, from 1'));

/** Between which two sizes of the log a consistency proof is asked for. */
export const LedgerConsistencyQuery = z
  .strictObject({ from: Size, to: Size })
  .describe('Two sizes of the log, the smaller one first.');
export type LedgerConsistencyQuery = z.infer<typeof LedgerConsistencyQuery>;

/** That the log of size `from` is the beginning of the log of size `to` (RFC 9162 section 2.1.4). */
export const LedgerConsistency = z
  .strictObject({
    from: z.int().positive(),
    to: z.int().positive(),
    path: z.array(z.base64()).max(128),
  })
  .meta({
    id: 'LedgerConsistency',
    description: 'Proves that nothing was taken out of the log between two sizes.',
  });
export type LedgerConsistency = z.infer<typeof LedgerConsistency>;
