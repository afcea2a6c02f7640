// A copy of the last commit in a temporary folder, so that protections are taken away where nobody works and nothing is served.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Kept by each copy for itself: test databases and caches are named after what is in the copy. */
const NOT_SHARED = new Set(['@careward', '.cache', '.vite', '.vite-temp', '.vitest-cache']);

/** Makes the copy and gives its folder; `remove` deletes it. */
export function copyRepository(root: string): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'careward-removals-'));
  const archive = execFileSync('git', ['archive', 'HEAD'], { cwd: root, maxBuffer: 1024 ** 3 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  linkDependencies(root, folder);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Foreign packages are shared; the house's own resolve inside the copy. */
function linkDependencies(root: string, folder: string): void {
  const [from, to] = [join(root, 'node_modules'), join(folder, 'node_modules')];
  mkdirSync(join(to, '@careward'), { recursive: true });
  for (const name of readdirSync(from).filter((entry) => !NOT_SHARED.has(entry))) {
    symlinkSync(join(from, name), join(to, name));
  }
  for (const name of readdirSync(join(from, '@careward'))) {
    symlinkSync(readlinkSync(join(from, '@careward', name)), join(to, '@careward', name));
  }
  for (const workspace of ['apps', 'packages'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(group, name)),
  )) {
    linkOwn(join(root, workspace, 'node_modules'), join(folder, workspace, 'node_modules'));
  }
}

/** Packages that npm put beside one workspace. */
function linkOwn(from: string, to: string): void {
  try {
    readdirSync(from);
  } catch {
    return;
  }
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !source.includes('.vite'),
  });
}
