/**
 * Writes docs/compliance/asvs-5.0.md from the table beside it; with `--check` it writes nothing and fails when the page differs.
 * Run: `node --conditions=@careward/source tools/render-compliance.ts [--check]`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What shows that a requirement is met: a test by its file and name, or a decision by its page and heading. */
type Evidence =
  | { readonly test: string; readonly name: string; readonly case?: string }
  | { readonly page: string; readonly heading: string };

interface Requirement {
  readonly id: string;
  readonly level: number;
  readonly about: string;
  readonly evidence?: readonly Evidence[];
  readonly notApplicable?: string;
  readonly open?: string;
}

interface Table {
  readonly standard: string;
  readonly requirements: readonly Requirement[];
}

const folder = new URL('../docs/compliance/', import.meta.url);
const page = fileURLToPath(new URL('asvs-5.0.md', folder));
const rendered = render(JSON.parse(readFileSync(new URL('asvs-5.0.json', folder), 'utf8')) as Table);

if (process.argv.includes('--check')) {
  if (!existsSync(page) || readFileSync(page, 'utf8') !== rendered) {
    console.error('docs/compliance/asvs-5.0.md differs from its table: run tools/render-compliance.ts.');
    process.exitCode = 1;
  }
} else {
  writeFileSync(page, rendered);
}

function render({ standard, requirements }: Table): string {
  const met = requirements.filter(({ evidence }) => evidence !== undefined).length;
  const open = requirements.filter((each) => each.open !== undefined);
  return [
    `# ${standard}: authentication, sessions, tokens`,
    '',
    'Generated from `docs/compliance/asvs-5.0.json` by `tools/render-compliance.ts`; do not edit. The standard’s own sentences are',
    'found under the numbers; the words here are ours. `tests/architecture/asvs.test.ts` checks that every requirement of the',
    'chapters stands here once, that each test named here exists, and that nothing applicable of level 1 or 2 is open.',
    '',
    `${requirements.length} requirements: ${met} met, ${requirements.length - met - open.length} not applicable, ${open.length} open.`,
    '',
    ...open.map((each) => `- ${each.id} (level ${each.level}) is open: ${each.open}`),
    ...(open.length > 0 ? [''] : []),
    '| requirement | level | what it is about | held by |',
    '| --- | --- | --- | --- |',
    ...requirements.map((each) => `| ${each.id} | ${each.level} | ${each.about} | ${standing(each)} |`),
    '',
  ].join('\n');
}

function standing({ evidence, notApplicable, open }: Requirement): string {
  if (evidence !== undefined) return evidence.map(written).join('<br>');
  return notApplicable === undefined ? `**open**: ${open}` : `not applicable: ${notApplicable}`;
}

function written(evidence: Evidence): string {
  if ('test' in evidence) {
    const cases = evidence.case === undefined ? '' : ` (${evidence.case})`;
    return `\`${evidence.test}\`: ${(evidence.name + cases).replaceAll('|', '\\|')}`;
  }
  const anchor = evidence.heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
  return `[${evidence.heading}](${evidence.page.replace('docs/compliance/', '')}#${anchor})`;
}
