import { Visitor } from 'vite';
import { isProduction } from '../graph/layout.ts';
import { linesTaking } from '../graph/members.ts';
import type { SourceFile } from '../graph/source-tree.ts';
import { fileRule } from '../rule.ts';

const HOMES = ['packages/kernel/', 'apps/server/src/observability/'];

/** Behaviour that depends on an ambient clock cannot be tested at its boundary, and Math.random is predictable. */
export const clockAndRandomness = fileRule(
  'clock-and-randomness',
  'the ambient clock and Math.random are used only in the kernel and in observability/',
  (file) =>
    isProduction(file.path) && !HOMES.some((home) => file.path.startsWith(home)) ? ambientUses(file) : [],
);

function ambientUses(file: SourceFile) {
  return [
    ...linesTaking(file, new Set(['Date']), 'now').map((line) => ({ line, message: 'uses Date.now' })),
    ...linesTaking(file, new Set(['Math']), 'random').map((line) => ({ line, message: 'uses Math.random' })),
    ...datesOfNow(file).map((line) => ({ line, message: 'uses the current date' })),
  ];
}

function datesOfNow(file: SourceFile): number[] {
  const lines: number[] = [];
  new Visitor({
    NewExpression: (node) => {
      if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0)
        lines.push(file.lineAt(node.start));
    },
  }).visit(file.program);
  return lines;
}
