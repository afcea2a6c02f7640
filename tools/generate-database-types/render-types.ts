import type { Column } from './migrated-columns.ts';

const HEADER = `// Generated from the migrations by \`node tools/generate-database-types.ts\`. Do not edit.
import type { ColumnType } from 'kysely';
`;

/** How a column type is read, and what may be written to it. */
interface TypePair {
  readonly read: string;
  readonly write: string;
}

const TYPES: Readonly<Record<string, TypePair>> = {
  uuid: same('string'),
  text: same('string'),
  'character varying': same('string'),
  date: same('string'),
  numeric: { read: 'string', write: 'string | number' },
  boolean: same('boolean'),
  smallint: same('number'),
  integer: same('number'),
  // A number would lose digits.
  bigint: { read: 'string', write: 'string | number | bigint' },
  xid8: same('string'),
  bytea: same('Buffer'),
  jsonb: { read: 'unknown', write: 'string' },
  'timestamp with time zone': { read: 'Date', write: 'Date | string' },
};

/** The TypeScript file for Kysely: one interface a table, and `DB` over all of them. */
export function renderTypes(columns: readonly Column[]): string {
  const tables = Map.groupBy(columns, (column) => column.table);
  const interfaces = [...tables].map(([table, own]) => renderTable(table, own));
  const entries = [...tables.keys()].map((table) => `  ${table}: ${interfaceName(table)};`);
  return [
    HEADER,
    ...interfaces,
    `/** Every table by name. */\nexport interface DB {\n${entries.join('\n')}\n}\n`,
  ].join('\n');
}

function renderTable(table: string, columns: readonly Column[]): string {
  const lines = columns.map((column) => `  ${column.name}: ${renderType(column)};`);
  return `export interface ${interfaceName(table)} {\n${lines.join('\n')}\n}\n`;
}

function renderType(column: Column): string {
  const { read, write } = orNull(column, baseType(column));
  if (column.generated === 'always') return `ColumnType<${read}, never, never>`;
  if (column.generated === 'default') return `ColumnType<${read}, ${write} | undefined, ${write}>`;
  return read === write ? read : `ColumnType<${read}, ${write}, ${write}>`;
}

function baseType(column: Column): TypePair {
  if (column.allowed.length > 0) return same(column.allowed.map((text) => `'${text}'`).join(' | '));
  const array = column.type.endsWith('[]');
  const type = TYPES[array ? column.type.slice(0, -2) : column.type];
  if (type === undefined)
    throw new Error(`${column.table}.${column.name}: no TypeScript type for ${column.type}`);
  return array ? { read: `(${type.read})[]`, write: `readonly (${type.write})[]` } : type;
}

function orNull(column: Column, type: TypePair): TypePair {
  return column.nullable ? { read: `${type.read} | null`, write: `${type.write} | null` } : type;
}

function same(type: string): TypePair {
  return { read: type, write: type };
}

function interfaceName(table: string): string {
  return `${table.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())}Table`;
}
