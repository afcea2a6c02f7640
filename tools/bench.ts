import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

// Runs every benchmarks/**/*.bench.ts, each in a process of its own so that none warms or slows another. `npm run bench -- vault`
// runs those whose path holds the word. A benchmark that misses its budget exits with an error, and so does this.

const words = process.argv.slice(2);
const benchmarks = globSync('benchmarks/**/*.bench.ts').filter((path) =>
  words.every((word) => path.includes(word)),
);
if (benchmarks.length === 0) {
  console.error('No benchmark has such a name.');
  process.exitCode = 1;
}
for (const path of benchmarks.sort()) {
  console.log(`\n${path}`);
  if (spawnSync(process.execPath, ['--expose-gc', path], { stdio: 'inherit' }).status !== 0)
    process.exitCode = 1;
}
