import { isProduction } from '../graph/layout.ts';
import { linesTaking, localNames } from '../graph/members.ts';
import type { SourceFile } from '../graph/source-tree.ts';
import { fileRule } from '../rule.ts';

const READERS = ['apps/server/src/config/', 'apps/cli/src/main.ts'];
const MODULES = new Set(['node:process', 'process']);

/** A setting that is read anywhere else is neither validated at start nor frozen, nor named in the documentation. */
export const processEnv = fileRule(
  'process-env',
  'the environment is read only in config/ of the server and in main.ts of the command line',
  (file) =>
    isProduction(file.path) && !READERS.some((reader) => file.path.startsWith(reader))
      ? [...importsOfEnv(file), ...linesTaking(file, processNames(file), 'env')].map((line) => ({
          line,
          message: 'reads the environment',
        }))
      : [],
);

function importsOfEnv(file: SourceFile): number[] {
  return processImports(file)
    .filter(({ names }) => names.some(({ imported }) => imported === 'env'))
    .map(({ line }) => line);
}

function processNames(file: SourceFile): Set<string> {
  const names = processImports(file).flatMap((imported) => imported.names.map(({ local }) => local));
  return new Set([...localNames(file, 'process'), ...names]);
}

function processImports(file: SourceFile) {
  return file.imports.filter(({ specifier }) => MODULES.has(specifier ?? ''));
}
