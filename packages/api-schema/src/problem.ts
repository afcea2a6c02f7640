import { z } from 'zod';

/** One thing wrong with an input: where, and which rule it breaks. Never the value. */
export const Fault = z
  .strictObject({ path: z.string(), message: z.string() })
  .meta({ id: 'Fault', description: 'Where an input breaks which rule.' });
export type Fault = z.infer<typeof Fault>;

/**
 * An error (RFC 9457). `code` names the page under docs/errors; `reference` finds the request in the log. Members that are not
 * listed are kept: RFC 9457 section 3.2 asks readers to bear them.
 */
export const Problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    code: z.string(),
    detail: z.string().optional(),
    instance: z.string().optional(),
    reference: z.string().optional(),
    faults: z.array(Fault).optional(),
  })
  .meta({ id: 'Problem', description: 'Problem details for HTTP APIs (RFC 9457).' });
export type Problem = z.infer<typeof Problem>;
