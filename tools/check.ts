import { spawnSync } from 'node:child_process';

// Everything that needs no running store, in the order of `CHECKS`. A failing check does not hide the next: all are run, then
// the failed ones are named. `npm run check -- types lockfile` runs only those.

const CHECKS: Readonly<Record<string, readonly string[]>> = {
  types: ['tsc -b', 'tsc -b tests tools'],
  'format-and-lint': ['biome check --colors=off --error-on-warnings .'],
  // Without the built declarations a promise from another package goes unseen.
  promises: ['tsc -b', 'oxlint --type-aware --deny-warnings .'],
  'dead-code': ['knip --no-progress'],
  lockfile: ['node tools/check-lockfile.ts'],
  generated: ['node tools/check-generated.ts'],
  architecture: ['vitest run --project architecture --silent=passed-only'],
};

const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(CHECKS);
const unknown = chosen.filter((name) => CHECKS[name] === undefined);
const failed = unknown.length > 0 ? unknown : chosen.filter((name) => !passes(name));

if (unknown.length > 0) console.error(`No such check; there are: ${Object.keys(CHECKS).join(', ')}`);
if (failed.length > 0) {
  console.error(`\ncheck failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}

function passes(name: string): boolean {
  const start = performance.now();
  const ok = (CHECKS[name] ?? []).every(
    (command) => spawnSync(command, { shell: true, stdio: 'inherit' }).status === 0,
  );
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  return ok;
}
