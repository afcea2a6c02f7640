import type { ImportReport } from '@careward/api-schema';
import { expect, test } from 'vitest';
import { reportLines } from './import-report.ts';

const report: ImportReport = {
  files: 1,
  clinics: { created: 1, existing: 0 },
  practitioners: { created: 2, existing: 1 },
  patients: { created: 10, updated: 1, unchanged: 200, refused: 0 },
  medicalRecords: { created: 30, updated: 0, unchanged: 0, refused: 2 },
  ignored: { Claim: 7, Observation: 90 },
  refusals: [],
};

test('shows what went in, what was passed over and that nothing was refused', () => {
  expect(reportLines(report)).toEqual([
    '                 new  changed  as before  refused',
    'clinics            1                   0',
    'practitioners      2                   1',
    'patients          10        1        200        0',
    'medical records   30        0          0        2',
    '',
    'Not taken, by type: Observation 90, Claim 7',
    '',
    'Nothing was refused.',
  ]);
});

test('names refusals one by one, and counts those beyond the fiftieth by reason', () => {
  const refusal = { file: 'a.json', resource: 'Patient/1', code: 'fhir-name-missing', reason: 'No name.' };
  const lines = reportLines({ ...report, refusals: Array.from({ length: 53 }, () => refusal) });
  expect(lines).toContain('Refused: 53');
  expect(lines.filter((line) => line.includes('Patient/1'))).toHaveLength(50);
  expect(lines.at(-1)).toBe('and 3 more: fhir-name-missing. --json lists all.');
});
