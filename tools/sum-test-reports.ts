import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sumReports, type TestReport } from './test-totals.ts';

// Prints `N passed, N failed` for the JSON reports in the folder named as the only argument.

const folder = process.argv[2];
if (folder === undefined) throw new Error('Name the folder of the reports.');
const reports = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name): TestReport => JSON.parse(readFileSync(join(folder, name), 'utf8')));
const { passed, failed } = sumReports(reports);
console.log(`${passed} passed, ${failed} failed`);
