/** A step that is possible in a state; undefined when it is not. */
export type Action<State> = (state: State) => State | undefined;

/** Visits every state that any order of the actions reaches in so many steps, each once, and holds what is asserted in all of them. */
export function explore<State extends object>(
  start: State,
  actions: Readonly<Record<string, Action<State>>>,
  depth: number,
  hold: (state: State, path: readonly string[]) => void,
): number {
  const seen = new Set<string>([JSON.stringify(start)]);
  let edge = [{ state: start, path: [] as readonly string[] }];
  for (let step = 0; step < depth; step += 1) {
    const next: typeof edge = [];
    for (const { state, path } of edge) {
      for (const [name, action] of Object.entries(actions)) {
        const reached = action(state);
        if (!reached || seen.size === seen.add(JSON.stringify(reached)).size) continue;
        const way = [...path, name];
        hold(reached, way);
        next.push({ state: reached, path: way });
      }
    }
    edge = next;
  }
  return seen.size;
}
