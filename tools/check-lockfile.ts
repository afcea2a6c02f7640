// Defends: the build from a dependency whose bytes are not pinned, that comes from an address of its own, or whose licence
// the product cannot carry. Run it after `npm ci`: the licence of an installed package is read from the package itself.
// Does not look for known vulnerabilities.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findLockfileFaults, type Lockfile } from './lockfile-faults.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const lockfile: Lockfile = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8'));
const faults = findLockfileFaults(lockfile, installedLicence);

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;

// Undefined when the package is not installed on this machine (another platform's binary): the lockfile's word counts then.
function installedLicence(path: string): unknown {
  const manifest = `${root}/${path}/package.json`;
  return existsSync(manifest) ? (JSON.parse(readFileSync(manifest, 'utf8')).license ?? null) : undefined;
}
