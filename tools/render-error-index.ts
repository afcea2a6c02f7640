/**
 * Writes docs/errors/README.md from the pages beside it; with `--check` it writes nothing and fails when the index differs.
 * Run: `node tools/render-error-index.ts [--check]`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../docs/errors/', import.meta.url));
const index = `${folder}README.md`;
const rendered = renderIndex();

if (process.argv.includes('--check')) {
  if (storedIndex() !== rendered) {
    console.error('docs/errors/README.md differs from the pages beside it: run tools/render-error-index.ts.');
    process.exitCode = 1;
  }
} else {
  writeFileSync(index, rendered);
}

function renderIndex(): string {
  const pages = readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort();
  return [
    '# Errors',
    '',
    'Generated from the pages in this folder by `tools/render-error-index.ts`; do not edit.',
    '',
    'Every refusal and failure has a code. Over HTTP it comes as `application/problem+json` (RFC 9457) with `code`, `status`, a fixed',
    'text and the id of the request; what is internal comes as `internal-error`, whatever its code in the log.',
    '',
    '| code | status | category | meaning |',
    '|---|---|---|---|',
    ...pages.map(rowOf),
    '',
  ].join('\n');
}

/** The row of a page: its title, its line of status and category, and its first sentence. */
function rowOf(name: string): string {
  const page = readFileSync(folder + name, 'utf8');
  const [, code, status, category, text] =
    /^# (\S+)\n\n\*\*Status\*\* (\d{3}) · \*\*Category\*\* (\S+)\n\n([\s\S]+?)\n\n/.exec(page) ?? [];
  if (code === undefined || text === undefined)
    throw new Error(`docs/errors/${name} has not the form of a page`);
  return `| [${code}](${name}) | ${status} | ${category} | ${firstSentence(text)} |`;
}

function firstSentence(text: string): string {
  const line = text.replaceAll('\n', ' ').replaceAll('|', '\\|');
  return /^.+?[.](?= |$)/.exec(line)?.[0] ?? line;
}

function storedIndex(): string {
  try {
    return readFileSync(index, 'utf8');
  } catch {
    return '';
  }
}
