import { isTestCode, SERVER_ORDER, serverStage } from '../graph/layout.ts';
import { importRule } from '../rule.ts';

/** Stages see only what a request has already passed: a lower one that reached up could decide on something not yet checked. */
export const importDirection = importRule(
  'import-direction',
  'a server folder imports only folders above it in the list',
  (file, { target }) => {
    const from = serverStage(file.path);
    const to = target === null ? null : serverStage(target);
    if (from === null || to === null || from === to || isTestCode(file.path)) return null;
    return rank(to) < rank(from) || bothOutside(from, to)
      ? null
      : `${from} imports ${to}, which comes after it in the order of the stages`;
  },
);

// Root files that the list does not name (main.ts, index.ts) put the stages together: they come last, in any order.
function rank(stage: string): number {
  const at = SERVER_ORDER.indexOf(stage);
  return at < 0 ? SERVER_ORDER.length : at;
}

function bothOutside(from: string, to: string): boolean {
  return rank(from) === SERVER_ORDER.length && rank(to) === SERVER_ORDER.length;
}
