import { expect, test } from 'vitest';
import { sumReports } from './test-totals.ts';

const passed = { status: 'passed', assertionResults: [{ status: 'passed' }] };
const failed = { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] };
const unloadable = { status: 'failed', assertionResults: [] };

test('totals of several runs are added', () => {
  const run = { numPassedTests: 2, numFailedTests: 1, testResults: [passed, failed] };
  expect(sumReports([run, run])).toEqual({ passed: 4, failed: 2 });
});

test('a file that could not be loaded is a failure, not nothing', () => {
  const run = { numPassedTests: 1, numFailedTests: 0, testResults: [passed, unloadable] };
  expect(sumReports([run])).toEqual({ passed: 1, failed: 1 });
});

test('no report is no test', () => {
  expect(sumReports([])).toEqual({ passed: 0, failed: 0 });
});
