import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type ImportStatement, type ParsedSource, parseSource } from './parse-source.ts';

/** An import with where it leads: a file of the tree, or an npm package or `node:` module. Both are null when not literal. */
export interface ResolvedImport extends ImportStatement {
  readonly target: string | null;
  readonly external: string | null;
}

/** A file of the tree; `path` is relative to the root, with forward slashes. */
export interface SourceFile extends Omit<ParsedSource, 'imports'> {
  readonly path: string;
  readonly imports: readonly ResolvedImport[];
}

/** Every TypeScript file and migration of a repository, or of a fixture laid out like one. */
export interface SourceTree {
  readonly sources: readonly SourceFile[];
  readonly migrations: readonly { readonly path: string; readonly text: string }[];
}

const ROOTS = ['apps', 'packages', 'tests', 'tools', 'benchmarks', 'fuzz'];
const NOT_OURS = new Set(['node_modules', 'dist', 'generated', 'coverage']);
const WORKSPACE = '@careward/';

/** Reads and parses the tree below `root`. Generated files, build output and planted violations are left out. */
export function readSourceTree(root: string): SourceTree {
  const paths = ROOTS.flatMap((folder) => listFiles(root, folder));
  const known = new Set(paths);
  return {
    sources: paths.filter((path) => /\.tsx?$/.test(path)).map((path) => readSource(root, path, known)),
    migrations: paths
      .filter((path) => path.startsWith('apps/server/migrations/') && path.endsWith('.sql'))
      .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
  };
}

function readSource(root: string, path: string, known: ReadonlySet<string>): SourceFile {
  const parsed = parseSource(path, readFileSync(join(root, path), 'utf8'));
  return { ...parsed, path, imports: parsed.imports.map((statement) => resolve(path, statement, known)) };
}

function resolve(from: string, statement: ImportStatement, known: ReadonlySet<string>): ResolvedImport {
  const { specifier } = statement;
  if (specifier === null) return { ...statement, target: null, external: null };
  if (specifier.startsWith('.'))
    return { ...statement, target: posix.join(posix.dirname(from), specifier), external: null };
  if (specifier.startsWith(WORKSPACE))
    return { ...statement, target: workspaceTarget(specifier, known), external: null };
  return { ...statement, target: null, external: packageName(specifier) };
}

// `@careward/x` is the face of packages/x or apps/x; a deeper specifier names the file below its source folder.
function workspaceTarget(specifier: string, known: ReadonlySet<string>): string {
  const [name = '', ...rest] = specifier.slice(WORKSPACE.length).split('/');
  const inner = rest.length === 0 ? 'index.ts' : rest.join('/');
  const app = `apps/${name}/src/${inner}`;
  return known.has(app) || known.has(`apps/${name}/src/index.ts`) ? app : `packages/${name}/src/${inner}`;
}

function packageName(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}

function listFiles(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isFile()) return [path];
      return entry.isDirectory() && isOurs(path, entry.name) ? listFiles(root, path) : [];
    });
}

function isOurs(path: string, name: string): boolean {
  return !NOT_OURS.has(name) && path !== 'tests/architecture/fixtures';
}
