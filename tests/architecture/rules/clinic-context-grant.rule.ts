import { isProduction } from '../graph/layout.ts';
import { linesTaking, localNames } from '../graph/members.ts';
import { fileRule } from '../rule.ts';

const GRANTOR = 'apps/server/src/tenancy/';

/** A context opens a clinic's rows, so it is made only by the code that has just checked the membership. */
export const clinicContextGrant = fileRule(
  'clinic-context-grant',
  'ClinicContext.grant is taken only in tenancy/',
  (file) =>
    isProduction(file.path) && !file.path.startsWith(GRANTOR)
      ? linesTaking(file, localNames(file, 'ClinicContext'), 'grant').map((line) => ({
          line,
          message: 'grants a clinic context',
        }))
      : [],
);
