import type { Removal } from './removal.ts';

/** A removal and the tests that caught it. */
export interface Proof {
  readonly removal: Removal;
  readonly caughtBy: readonly string[];
}

const MOST_NAMED = 3;

/** The published page: what was taken away, and what noticed. */
export function renderProof(proofs: readonly Proof[]): string {
  const killed = proofs.filter(({ caughtBy }) => caughtBy.length > 0).length;
  return [
    '# What happens when a protection is taken away',
    '',
    'Written by `npm run prove:removals`. Each line takes one protection out of a copy of the last commit and runs the tests that',
    'watch over it. A protection that can be removed without a test failing would be a claim; none may be.',
    '',
    `**${killed} of ${proofs.length} removals are caught.**`,
    '',
    '| removed | where | caught by |',
    '|---|---|---|',
    ...proofs.map(line),
    '',
  ].join('\n');
}

function line({ removal, caughtBy }: Proof): string {
  const more = caughtBy.length > MOST_NAMED ? [`and ${caughtBy.length - MOST_NAMED} more`] : [];
  const named = [...caughtBy.slice(0, MOST_NAMED), ...more].map(cell).join('<br>');
  return `| ${cell(removal.name)} | \`${removal.file}\` | ${named === '' ? '**nothing**' : named} |`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
