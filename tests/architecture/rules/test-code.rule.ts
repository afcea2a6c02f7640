import { isProduction, isTestCode } from '../graph/layout.ts';
import { importRule } from '../rule.ts';

const TEST_LIBRARIES = /^(?:vitest|fast-check|@vitest\/.+)$/;

/** Fixtures and fakes in production would be a way around every check they stand in for. */
export const testCode = importRule(
  'test-code',
  'production code imports no test, no harness and no testing library',
  (file, { target, external }) => {
    if (!isProduction(file.path)) return null;
    if (target !== null && isTestCode(target)) return `imports test code: ${target}`;
    return external !== null && TEST_LIBRARIES.test(external) ? `imports ${external}` : null;
  },
);
