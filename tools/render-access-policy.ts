/**
 * Writes docs/access-policy.md from the policy table; with `--check` it writes nothing and fails when the page differs.
 * Run: `node --conditions=@careward/source tools/render-access-policy.ts [--check]`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderAccessPolicy } from '@careward/access-policy';

const page = fileURLToPath(new URL('../docs/access-policy.md', import.meta.url));
const rendered = renderAccessPolicy();

if (process.argv.includes('--check')) {
  if (storedPage() !== rendered) {
    console.error('docs/access-policy.md differs from the policy table: run tools/render-access-policy.ts.');
    process.exitCode = 1;
  }
} else {
  writeFileSync(page, rendered);
}

function storedPage(): string {
  try {
    return readFileSync(page, 'utf8');
  } catch {
    return '';
  }
}
