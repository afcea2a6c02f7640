import type { Fault } from '@careward/kernel';
import type { Environment } from './concern.ts';
import { knownVariables } from './settings.ts';

/** Variables of the test suites; they never configure the server. */
const TEST_VARIABLES = /^CAREWARD_(?:TEST_[A-Z0-9_]+|SHARED_DATA)$/;

/** A fault for each CAREWARD_* variable that means nothing: most are misspelt, and the setting meant would silently be absent. */
export function unknownVariableFaults(environment: Environment): Fault[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith('CAREWARD_') && !knownVariables.has(name) && !TEST_VARIABLES.test(name))
    .sort()
    .map((name) => ({ path: name.slice(0, 100), message: `is not known; ${advice(name)}` }));
}

function advice(name: string): string {
  const near = [...knownVariables]
    .map((known) => ({ known, distance: editDistance(name, known) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return near && near.distance <= 3 ? `did you mean ${near.known}?` : 'unset it';
}

function editDistance(a: string, b: string): number {
  if (a.length > 100) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
