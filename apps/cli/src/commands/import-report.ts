import type { ImportReport } from '@careward/api-schema';
import { table } from '../table.ts';

/** Refusals to list one by one; the rest is counted by reason. */
const MOST_LISTED = 50;

/** The report as a person reads it: what went in, what was passed over, what was refused and why. Holds no PHI. */
export function reportLines(report: ImportReport): string[] {
  const { clinics, practitioners, patients, medicalRecords } = report;
  const rows = [
    ['clinics', clinics.created, '', clinics.existing, ''],
    ['practitioners', practitioners.created, '', practitioners.existing, ''],
    ['patients', patients.created, patients.updated, patients.unchanged, patients.refused],
    [
      'medical records',
      medicalRecords.created,
      medicalRecords.updated,
      medicalRecords.unchanged,
      medicalRecords.refused,
    ],
  ].map((row) => row.map(String));
  return [
    ...table(['', 'new', 'changed', 'as before', 'refused'], rows),
    ...ignoredLines(report),
    ...refusalLines(report),
  ];
}

function ignoredLines({ ignored }: ImportReport): string[] {
  const types = Object.entries(ignored).toSorted(([, a], [, b]) => b - a);
  if (types.length === 0) return [];
  return ['', `Not taken, by type: ${types.map(([type, count]) => `${type} ${count}`).join(', ')}`];
}

function refusalLines({ refusals }: ImportReport): string[] {
  if (refusals.length === 0) return ['', 'Nothing was refused.'];
  const listed = refusals
    .slice(0, MOST_LISTED)
    .map(({ file, resource, code, reason }) => [file, resource, code, reason]);
  const rest = refusals.slice(MOST_LISTED);
  return [
    '',
    `Refused: ${refusals.length}`,
    ...table(['file', 'resource', 'code', 'why'], listed),
    ...restLines(rest),
  ];
}

function restLines(rest: ImportReport['refusals']): string[] {
  const byCode = Map.groupBy(rest, ({ code }) => code);
  return [...byCode].map(([code, each]) => `and ${each.length} more: ${code}. --json lists all.`);
}
