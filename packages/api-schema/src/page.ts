import { z } from 'zod';

const Cursor = z
  .string()
  .regex(/^[\w-]{1,500}$/, 'must be a cursor that an earlier page gave')
  .meta({ id: 'Cursor', description: 'Where the next page begins; opaque.' });

/** Which page to answer: `cursor` of the page before, `limit` 1 to 100 items (25). `limit` may be digits, as a URL has it. */
export const PageQuery = z
  .strictObject({
    cursor: Cursor.optional(),
    limit: z
      .union(
        [
          z.number(),
          z
            .string()
            .regex(/^[1-9]\d{0,2}$/)
            .transform(Number),
        ],
        {
          error: 'must be a number from 1 to 100',
        },
      )
      .pipe(z.number().int().min(1).max(100))
      .default(25),
  })
  .describe('Cursor and size of a page.');
export type PageQuery = z.infer<typeof PageQuery>;

/** One page of a list: its items, and the cursor of the next page or null at the end. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** The schema of a page of `item`, named `id` in the API description. */
export function pageOf<Item extends z.ZodType>(item: Item, id: string) {
  return z
    .strictObject({ items: z.array(item), nextCursor: Cursor.nullable() })
    .meta({ id, description: 'A page of a list; nextCursor is null on the last one.' });
}
