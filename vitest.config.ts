import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { LongestFirst } from './tools/longest-first.ts';

// Run only by hand and in .ci/run: a folder for one JSON report a run, from which the totals are summed.
const reports = process.env.CAREWARD_TEST_REPORTS;

const anywhere = '{packages,apps}/*/src/**';
const behaviour = [
  `${anywhere}/*.integration.test.ts`,
  `${anywhere}/*.conformance.test.ts`,
  'tests/{abuse,e2e}/**/*.test.ts',
];

/**
 * What runs once, whatever store the run is for: without services the command line on a home of its own, and the matrix of roles and
 * routes, which is decided before any store is asked for data; with services the suites in a real browser, which has to be installed.
 */
const elsewhere =
  process.env.CAREWARD_TEST_SERVICES === '1'
    ? ['tests/e2e/{demo,serve,import,role-matrix}.test.ts']
    : ['tests/e2e/browser/**'];

/**
 * One configuration for every suite, as projects that can be run apart:
 * `architecture` the rules of the house; `unit` what needs no store; `behaviour` what must hold on every store; `chaos` the same
 * while processes are killed. `CAREWARD_TEST_SERVICES=1` puts the last two on a real Postgres and Redis.
 */
export default defineConfig({
  test: {
    reporters: reports ? ['default', 'json'] : ['default'],
    ...(reports && { outputFile: { json: `${reports}/${Date.now()}-${process.pid}.json` } }),
    globalSetup: ['tools/require-node.ts', 'apps/server/test-harness/test-run.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      project('architecture', ['tests/architecture/**/*.test.ts']),
      project('unit', [`${anywhere}/*.test.ts`, 'benchmarks/**/*.test.ts', 'tools/**/*.test.ts'], {
        exclude: behaviour,
      }),
      project('behaviour', behaviour, { exclude: elsewhere, isolate: false }),
      project('chaos', ['tests/chaos/**/*.test.ts'], { testTimeout: 300_000 }),
    ],
  },
});

function project(
  name: string,
  include: string[],
  extra: TestProjectInlineConfiguration['test'] = {},
): TestProjectInlineConfiguration {
  return {
    ssr: { resolve: { conditions: ['@careward/source'], externalConditions: ['@careward/source'] } },
    test: {
      name,
      include,
      environment: 'node',
      testTimeout: 60_000,
      hookTimeout: 60_000,
      maxWorkers: 2,
      ...extra,
      exclude: ['**/node_modules/**', '**/dist/**', '**/fixtures/**', ...(extra.exclude ?? [])],
    },
  };
}
