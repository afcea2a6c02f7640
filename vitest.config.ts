import { defineConfig } from 'vitest/config';

/** One configuration for every suite; `CAREWARD_TEST_SERVICES=1` runs the behaviour suites on a real Postgres and Redis. */
export default defineConfig({
  ssr: { resolve: { conditions: ['@careward/source'], externalConditions: ['@careward/source'] } },
  test: {
    include: ['{packages,apps}/*/src/**/*.test.ts', 'tests/**/*.test.ts', 'benchmarks/**/*.test.ts'],
    environment: 'node',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
