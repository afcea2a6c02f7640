import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// Asks every generator (tools/generate-*.ts and tools/render-*.ts) whether its output is up to date: with --check a generator
// writes nothing and exits with an error when it would have written something else.

const folder = fileURLToPath(new URL('.', import.meta.url));
const generators = readdirSync(folder).filter((name) => /^(?:generate|render)-.*(?<!\.test)\.ts$/.test(name));

for (const name of generators) {
  const check = spawnSync(
    process.execPath,
    ['--conditions=@careward/source', `${folder}${name}`, '--check'],
    {
      stdio: 'inherit',
    },
  );
  if (check.status !== 0) {
    console.error(`tools/${name}: its output is not up to date, or it failed.`);
    process.exitCode = 1;
  }
}
