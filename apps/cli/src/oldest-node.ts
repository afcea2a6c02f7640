const OLDEST = 26;

/**
 * What to tell who runs this under an older Node, or undefined. Imports nothing, and is asked before anything else is loaded:
 * libraries fail under an older Node with messages of their own.
 */
export function nodeRefusal(version: string): string | undefined {
  if (Number.parseInt(version, 10) >= OLDEST) return undefined;
  return (
    `error: Careward needs Node ${OLDEST} or later, and this is ${version}. [configuration-runtime-unsupported]\n\n` +
    'what to do:\n  Run `npm ci` and start through `npm run`, which brings the right Node; or install it.\n'
  );
}
