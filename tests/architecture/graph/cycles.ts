/** A directed graph: node to the nodes it points at. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** The cycles of a graph as its strongly connected components of more than one node, each sorted. Tarjan's algorithm. */
export function findCycles(graph: Graph): string[][] {
  const search = new Search(graph);
  for (const node of graph.keys()) search.visit(node);
  return search.components;
}

class Search {
  readonly components: string[][] = [];
  readonly #graph: Graph;
  readonly #order = new Map<string, number>();
  readonly #low = new Map<string, number>();
  readonly #stack: string[] = [];

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  visit(node: string): number {
    const seen = this.#low.get(node);
    if (seen !== undefined) return this.#stack.includes(node) ? seen : Number.POSITIVE_INFINITY;
    this.#order.set(node, this.#order.size);
    this.#low.set(node, this.#order.size - 1);
    this.#stack.push(node);
    for (const next of this.#graph.get(node) ?? [])
      this.#low.set(node, Math.min(this.#low.get(node) ?? 0, this.visit(next)));
    const low = this.#low.get(node) ?? 0;
    if (low === this.#order.get(node)) this.#close(node);
    return low;
  }

  #close(root: string): void {
    const component = this.#stack.splice(this.#stack.indexOf(root));
    if (component.length > 1) this.components.push(component.sort());
  }
}
