import type { Removal } from './removal.ts';

const PARTS = ['region', 'clinicId', 'patientId', 'table', 'column', 'rowId'];
const LINE = `const parts = [${PARTS.map((part) => `place.${part}`).join(', ')}];`;

/** Each part of the associated data that binds a sealed cell to its place. */
export const VAULT_REMOVALS: readonly Removal[] = PARTS.map((part) => ({
  name: `encryption: the ${part} in a cell’s associated data`,
  file: 'packages/vault/src/cell-place.ts',
  search: LINE,
  replacement: LINE.replace(`place.${part}`, "''"),
  tests: ['packages/vault/src/cell.property.test.ts'],
}));
