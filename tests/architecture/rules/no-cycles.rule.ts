import { findCycles, type Graph } from '../graph/cycles.ts';
import { isProduction, partOf } from '../graph/layout.ts';
import type { SourceFile, SourceTree } from '../graph/source-tree.ts';
import type { Finding, Rule } from '../rule.ts';

type NodeOf = (path: string) => string;

/** In a cycle nothing can be understood, tested or initialised first; injected classes in one crash at start. */
export const noCycles: Rule = {
  name: 'no-cycles',
  promise:
    'neither files nor the folders, rooms and packages that hold them import each other in a circle, types included',
  find: (tree) => [
    ...cyclesOf(tree.sources, (path) => path),
    ...cyclesOf(
      tree.sources.filter(({ path }) => isProduction(path)),
      partOf,
    ),
  ],
};

function cyclesOf(sources: SourceTree['sources'], nodeOf: NodeOf): Finding[] {
  return findCycles(graphOf(sources, nodeOf)).map((cycle) => ({
    ...firstStep(sources, new Set(cycle), nodeOf),
    message: `cycle: ${cycle.join(', ')}`,
  }));
}

function graphOf(sources: SourceTree['sources'], nodeOf: NodeOf): Graph {
  const graph = new Map<string, Set<string>>();
  for (const file of sources) {
    const node = nodeOf(file.path);
    const targets = graph.get(node) ?? new Set<string>();
    graph.set(node, targets);
    for (const { target } of file.imports) if (target && nodeOf(target) !== node) targets.add(nodeOf(target));
  }
  return graph;
}

// The first import, in the order of paths, that leads from one member of the cycle to another.
function firstStep(sources: SourceTree['sources'], members: ReadonlySet<string>, nodeOf: NodeOf) {
  for (const file of sources) {
    const step = stepInside(file, members, nodeOf);
    if (step) return { path: file.path, line: step.line };
  }
  return { path: [...members][0] ?? '', line: 1 };
}

function stepInside(file: SourceFile, members: ReadonlySet<string>, nodeOf: NodeOf) {
  const own = nodeOf(file.path);
  if (!members.has(own)) return undefined;
  return file.imports.find(({ target }) => target && nodeOf(target) !== own && members.has(nodeOf(target)));
}
