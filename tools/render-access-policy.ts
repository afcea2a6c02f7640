/**
 * Writes docs/access-policy.md from the access policy and the reviewed list of routes; with `--check` it writes nothing and fails
 * when the page differs. Run: `node --conditions=@careward/source tools/render-access-policy.ts [--check]`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type PolicyRoute, renderAccessPolicy } from '@careward/access-policy';

const page = fileURLToPath(new URL('../docs/access-policy.md', import.meta.url));
const routeList = new URL('../tests/architecture/endpoints.snapshot.txt', import.meta.url);
const rendered = renderAccessPolicy(reviewedRoutes(readFileSync(routeList, 'utf8')));

if (process.argv.includes('--check')) {
  if (storedPage() !== rendered) {
    console.error(
      'docs/access-policy.md differs from the policy or the routes: run tools/render-access-policy.ts.',
    );
    process.exitCode = 1;
  }
} else {
  writeFileSync(page, rendered);
}

/** `METHOD path entry ...` of every line; the entry is a word or the permissions that open the route. */
function reviewedRoutes(text: string): PolicyRoute[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const [method = '', path = '', entry = ''] = line.split(/\s+/);
    const route = { method, path, recentProof: line.includes(' recent-proof ') };
    if (entry === 'public' || entry === 'signed-in') return { ...route, entry, permissions: [] };
    if (!/^[a-z_|]+$/.test(entry)) throw new Error('the list of routes has a line of an unknown form');
    return { ...route, entry: 'permission', permissions: entry.split('|') };
  });
}

function storedPage(): string {
  try {
    return readFileSync(page, 'utf8');
  } catch {
    return '';
  }
}
