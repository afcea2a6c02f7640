/** The part of package-lock.json (version 3) that is judged. */
export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly link?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: unknown;
}

/** SPDX licences that Careward may depend on: permissive ones, and MPL-2.0, whose terms end at its own files. */
export const ALLOWED_LICENCES: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'Python-2.0',
]);

/**
 * What is wrong with a lockfile, one sentence a fault: an entry without an integrity hash, an address in place of the
 * configured registry, a licence that is not allowed. `installedLicence` answers for a package path, undefined when not installed.
 */
export function findLockfileFaults(
  lockfile: Lockfile,
  installedLicence: (path: string) => unknown,
): string[] {
  return Object.entries(lockfile.packages)
    .filter(([path, entry]) => path.includes('node_modules/') && entry.link !== true)
    .flatMap(([path, entry]) => [
      ...(/^sha512-/.test(entry.integrity ?? '') ? [] : [`${path} has no sha512 integrity hash`]),
      ...(entry.resolved === undefined ? [] : [`${path} names a download address`]),
      ...judgeLicence(path, installedLicence(path) ?? entry.license),
    ]);
}

function judgeLicence(path: string, licence: unknown): string[] {
  if (typeof licence === 'string' && isAllowed(licence)) return [];
  return [
    `${path} has the licence ${JSON.stringify(licence ?? null)}, which is not in the list of allowed ones`,
  ];
}

// An SPDX expression of alternatives, each a list joined by AND. Anything else (nesting, WITH) is not allowed: a human decides.
function isAllowed(expression: string): boolean {
  const alternatives = expression.replace(/^\((.*)\)$/, '$1').split(' OR ');
  return alternatives.some((each) => each.split(' AND ').every((id) => ALLOWED_LICENCES.has(id)));
}
