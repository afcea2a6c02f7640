import { isProduction } from '../graph/layout.ts';
import { linesTaking, localNames } from '../graph/members.ts';
import { fileRule } from '../rule.ts';

const GRANTORS = ['apps/server/src/tenancy/', 'apps/server/src/operator.ts'];

/** A context opens a clinic's rows, so it is made only by the code that has just checked the membership. */
export const clinicContextGrant = fileRule(
  'clinic-context-grant',
  'ClinicContext.grant is taken only in tenancy/ and in the entry of the operator',
  (file) =>
    isProduction(file.path) && !GRANTORS.some((grantor) => file.path.startsWith(grantor))
      ? linesTaking(file, localNames(file, 'ClinicContext'), 'grant').map((line) => ({
          line,
          message: 'grants a clinic context',
        }))
      : [],
);
