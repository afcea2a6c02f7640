const OLDEST = 26;

/** Global set-up of every test run. Throws when the tests run on an older Node than the product is built for. */
export function setup(): void {
  const major = Number.parseInt(process.versions.node, 10);
  if (major < OLDEST)
    throw new Error(
      `Careward needs Node ${OLDEST} or later, this is ${process.versions.node}. ` +
        'Start it through npm (npm test, npx vitest): npm ci installs the right Node for Linux and macOS on ARM.',
    );
}
