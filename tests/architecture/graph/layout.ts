/** Folders and root files of apps/server/src in import order: each may import only those before it. */
export const SERVER_ORDER: readonly string[] = [
  'config',
  'errors',
  'request-context',
  'observability',
  'connections',
  'events',
  'edge',
  'encryption',
  'persistence',
  'audit',
  'authentication',
  'tenancy',
  'authorization',
  'modules',
  'realtime',
  'security-operations',
  'platform',
  'response-stages.ts',
  'request-pipeline.ts',
  'app.module.ts',
  'http-application.ts',
  'describe-endpoints.ts',
  'server.ts',
  'operator',
  'index.ts',
];

/** A folder of test support inside the server; outside the import order. */
export const TEST_HARNESS = 'test-harness';

const SERVER_SOURCE = 'apps/server/src/';

/** The folder or root file of the server that holds a path (`edge`, `request-pipeline.ts`), or null outside the server's sources. */
export function serverStage(path: string): string | null {
  return path.startsWith(SERVER_SOURCE) ? (path.slice(SERVER_SOURCE.length).split('/')[0] ?? null) : null;
}

/** The workspace of a path, `packages/vault` or `apps/server`, or null for a path in neither. */
export function workspaceOf(path: string): string | null {
  return /^(?:packages|apps)\/[^/]+/.exec(path)?.[0] ?? null;
}

/**
 * The smallest part of the house with a face of its own: a package, a server folder, a room below `modules/`, a console feature.
 * A file that belongs to none (a root file of an app) is its own part.
 */
export function partOf(path: string): string {
  const room = /^apps\/server\/src\/(?:modules\/)?[^/]+(?=\/)/.exec(path)?.[0];
  if (room) return room;
  const feature = /^apps\/console\/src\/features\/[^/]+(?=\/)/.exec(path)?.[0];
  if (feature) return feature;
  if (path.startsWith('packages/')) return workspaceOf(path) ?? path;
  return path.startsWith(SERVER_SOURCE) ? path : (workspaceOf(path) ?? path.split('/')[0] ?? path);
}

/** Test code: tests, their harness and conformance suites, everything under tests/ and benchmarks/, and packages/testing. */
export function isTestCode(path: string): boolean {
  return (
    /\.(?:test|conformance)\.tsx?$/.test(path) ||
    path.includes(`/${TEST_HARNESS}/`) ||
    /^(?:tests|benchmarks|fuzz|packages\/testing)\//.test(path)
  );
}

/** Code that runs in production: apps and packages without their tests. */
export function isProduction(path: string): boolean {
  return workspaceOf(path) !== null && !isTestCode(path);
}
