/** The part of one JSON report of vitest that is counted. */
export interface TestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** Tests of all reports together. */
export interface TestTotals {
  readonly passed: number;
  readonly failed: number;
}

/** Adds reports up. A file that failed without any failed test of its own (it could not be loaded) counts as one failed test. */
export function sumReports(reports: readonly TestReport[]): TestTotals {
  return {
    passed: sum(reports.map((report) => report.numPassedTests)),
    failed: sum(reports.map((report) => report.numFailedTests + filesThatDidNotRun(report))),
  };
}

function filesThatDidNotRun({ testResults }: TestReport): number {
  return testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  ).length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
