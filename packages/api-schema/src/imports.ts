import { z } from 'zod';

const Count = z.int().nonnegative();

/** What was not imported and why. `resource` is a type and a source id; neither it nor `reason` carries PHI. */
export const ImportRefusal = z
  .strictObject({ file: z.string(), resource: z.string(), code: z.string(), reason: z.string() })
  .meta({ id: 'ImportRefusal', description: 'What was not imported and why, without PHI.' });
export type ImportRefusal = z.infer<typeof ImportRefusal>;

/** What an import did. `ignored` counts the resources of each type that Careward does not take. */
export const ImportReport = z
  .strictObject({
    files: Count,
    clinics: z.strictObject({ created: Count, existing: Count }),
    practitioners: z.strictObject({ created: Count, existing: Count }),
    patients: z.strictObject({ created: Count, updated: Count, unchanged: Count, refused: Count }),
    medicalRecords: z.strictObject({ created: Count, updated: Count, unchanged: Count, refused: Count }),
    ignored: z.record(z.string(), Count),
    refusals: z.array(ImportRefusal),
  })
  .meta({ id: 'ImportReport', description: 'What an import did, and what it refused.' });
export type ImportReport = z.infer<typeof ImportReport>;
