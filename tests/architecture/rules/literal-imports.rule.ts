import { isProduction } from '../graph/layout.ts';
import { importRule } from '../rule.ts';

/** An import whose target is known only at run time would slip past every other rule, and past the list of dependencies. */
export const literalImports = importRule(
  'literal-imports',
  'every dynamic import in production code names its target as a literal',
  (file, { specifier }) =>
    specifier === null && isProduction(file.path) ? 'the target of this import is not a literal' : null,
);
