import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What a run of some test files came to. */
export interface TestRun {
  /** Full names of the tests that failed. */
  readonly failed: readonly string[];
  readonly passed: number;
}

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** The longest that a file may take on a busy machine, in milliseconds. */
const LONGEST_FILE_MS = 120_000;

/**
 * Runs test files in a copy of the repository. A file that cannot even be loaded or set up has no tests that failed: a removal that
 * merely breaks the code is not caught by anything.
 */
export function runTests(folder: string, files: readonly string[]): TestRun {
  const report = join(folder, 'removal-report.json');
  rmSync(report, { force: true });
  const { NODE_OPTIONS: _options, CAREWARD_TEST_REPORTS: _reports, ...env } = process.env;
  spawnSync(
    process.execPath,
    [
      join(folder, 'node_modules/vitest/vitest.mjs'),
      'run',
      ...files,
      '--reporter=json',
      `--outputFile=${report}`,
    ],
    { cwd: folder, env: { ...env, CI: 'true' }, stdio: 'ignore', timeout: files.length * LONGEST_FILE_MS },
  );
  return readReport(report);
}

function readReport(path: string): TestRun {
  if (!existsSync(path)) throw new Error('the tests did not end in time, or could not be started');
  const { testResults } = JSON.parse(readFileSync(path, 'utf8')) as Report;
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  return {
    failed: tests.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
    passed: tests.filter(({ status }) => status === 'passed').length,
  };
}
