import { SERVER_ORDER, serverStage, TEST_HARNESS, workspaceOf } from '../graph/layout.ts';
import type { SourceTree } from '../graph/source-tree.ts';
import type { Finding, Rule } from '../rule.ts';

const STAGES = new Set<string>([...SERVER_ORDER, TEST_HARNESS, 'generated']);
const WORKSPACES = new Set([
  ...['server', 'console', 'cli'].map((app) => `apps/${app}`),
  ...['kernel', 'vault', 'shield', 'ledger', 'access-policy', 'api-schema', 'chain-client', 'testing'].map(
    (name) => `packages/${name}`,
  ),
]);
const WITHOUT_A_JOB = new Set(['common', 'utils', 'util', 'helpers', 'libs', 'lib', 'shared', 'misc']);

/** A folder without a place in the list has no place in the order of imports either. */
export const knownFolders: Rule = {
  name: 'known-folders',
  promise:
    'every folder of the server, every package and every app is in the list of the architecture, and none is a drawer',
  find: (tree) => [
    ...firstFileOfEach(tree, unknownFolder).map(([folder, path]) => ({
      path,
      line: 1,
      message: `unlisted: ${folder}`,
    })),
    ...firstFileOfEach(tree, drawer).map(([folder, path]) => ({
      path,
      line: 1,
      message: `no job in its name: ${folder}`,
    })),
  ],
};

function firstFileOfEach(
  tree: SourceTree,
  folderOf: (path: string) => string | undefined,
): readonly (readonly [string, Finding['path']])[] {
  const first = new Map<string, string>();
  for (const { path } of tree.sources) {
    const folder = folderOf(path);
    if (folder !== undefined && !first.has(folder)) first.set(folder, path);
  }
  return [...first];
}

function unknownFolder(path: string): string | undefined {
  const workspace = workspaceOf(path);
  if (workspace !== null && !WORKSPACES.has(workspace)) return workspace;
  const stage = serverStage(path);
  return stage === null || stage.endsWith('.ts') || STAGES.has(stage)
    ? undefined
    : `apps/server/src/${stage}`;
}

// The console keeps a lib/ of its own by plan.
function drawer(path: string): string | undefined {
  if (path.startsWith('apps/console/src/lib/')) return undefined;
  return path
    .split('/')
    .slice(0, -1)
    .find((folder) => WITHOUT_A_JOB.has(folder));
}
