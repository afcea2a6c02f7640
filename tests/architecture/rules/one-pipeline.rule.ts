import { isProduction } from '../graph/layout.ts';
import { linesNaming } from '../graph/members.ts';
import { fileRule } from '../rule.ts';

const PIPELINE = 'apps/server/src/request-pipeline.ts';
const GLOBAL_STAGES = new Set([
  'APP_GUARD',
  'APP_PIPE',
  'APP_INTERCEPTOR',
  'APP_FILTER',
  'useGlobalGuards',
  'useGlobalPipes',
  'useGlobalInterceptors',
  'useGlobalFilters',
]);

/** The order of global stages otherwise follows the order of module imports: swapping two lines swaps two checks. */
export const onePipeline = fileRule(
  'one-pipeline',
  'global guards, pipes, interceptors and filters are registered only in request-pipeline.ts',
  (file) =>
    isProduction(file.path) && file.path !== PIPELINE
      ? linesNaming(file, GLOBAL_STAGES).map(({ line, name }) => ({ line, message: `names ${name}` }))
      : [],
);
