// Takes one protection after the other out of a copy of the repository and expects a test to fail each time.
//
// `npm run prove:removals` writes docs/isolation-proof.md and fails when a removal is not caught, no longer fits the code, or when the
// tests fail before anything is removed. `-- tenancy` proves only the removals whose name holds the word, and writes nothing.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applied, type Removal } from './prove-removals/removal.ts';
import { REMOVALS } from './prove-removals/removals.ts';
import { type Proof, renderProof } from './prove-removals/render-proof.ts';
import { copyRepository } from './prove-removals/repository-copy.ts';
import { runTests } from './prove-removals/run-tests.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const words = process.argv.slice(2);
const chosen = REMOVALS.filter(({ name }) => words.every((word) => name.includes(word)));
const copy = copyRepository(ROOT);
try {
  expectAllPass(copy.folder);
  const proofs = chosen.map((removal) => prove(copy.folder, removal));
  if (words.length === 0) writeFileSync(join(ROOT, 'docs/isolation-proof.md'), renderProof(proofs));
  const survivors = proofs.filter(({ caughtBy }) => caughtBy.length === 0);
  console.log(`${proofs.length - survivors.length} of ${proofs.length} removals caught`);
  if (survivors.length > 0 || proofs.length === 0) process.exitCode = 1;
} finally {
  copy.remove();
}

/** Without this a test that fails anyway would seem to catch everything. */
function expectAllPass(folder: string): void {
  const files = [...new Set(chosen.flatMap(({ tests }) => tests))];
  for (const removal of chosen) applied(removal, readFileSync(join(folder, removal.file), 'utf8'));
  const { failed, passed } = runTests(folder, files);
  if (failed.length > 0 || passed === 0)
    throw new Error(`tests fail before anything is removed: ${failed.join('; ')}`);
  console.log(`${passed} tests of ${files.length} files pass before anything is removed`);
}

function prove(folder: string, removal: Removal): Proof {
  const path = join(folder, removal.file);
  const original = readFileSync(path, 'utf8');
  const startedAt = performance.now();
  writeFileSync(path, applied(removal, original));
  try {
    const { failed } = runTests(folder, removal.tests);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    console.log(
      `${failed.length > 0 ? 'caught  ' : 'SURVIVED'} ${removal.name} (${failed.length} tests, ${seconds} s)`,
    );
    return { removal, caughtBy: failed };
  } finally {
    writeFileSync(path, original);
  }
}
