import { type ESTree, Visitor } from 'vite';
import { literalText } from './parse-source.ts';
import type { SourceTree } from './source-tree.ts';

/** A column of the schema and where it is written down. */
export interface Column {
  readonly table: string;
  readonly column: string;
  readonly path: string;
  readonly line: number;
}

const DECLARATIONS = 'apps/server/src/encryption/phi-fields.ts';

/** The columns that phi-fields.ts declares: every object literal there with a `table` and a `column`. */
export function declaredPhiColumns(tree: SourceTree): Column[] {
  const file = tree.sources.find(({ path }) => path === DECLARATIONS);
  const columns: Column[] = [];
  if (file === undefined) return columns;
  new Visitor({
    ObjectExpression: (node) => {
      const [table, column] = [textOf(node, 'table'), textOf(node, 'column')];
      if (table !== null && column !== null)
        columns.push({ table, column, path: file.path, line: file.lineAt(node.start) });
    },
  }).visit(file.program);
  return columns;
}

/** Every column of type bytea that a migration creates or adds. */
export function binaryColumns(tree: SourceTree): Column[] {
  return tree.migrations.flatMap(({ path, text }) => {
    let table = '';
    return text.split('\n').flatMap((line, index) => {
      const code = line.replace(/--.*/, '');
      table =
        /\b(?:create|alter)\s+table\s+(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?(?:public\.)?(\w+)/i.exec(
          code,
        )?.[1] ?? table;
      return [...code.matchAll(/(\w+)\s+bytea\b/gi)].map((match) => ({
        table,
        column: match[1] ?? '',
        path,
        line: index + 1,
      }));
    });
  });
}

/** `table.column`, the form in which columns are compared. */
export function columnName({ table, column }: Pick<Column, 'table' | 'column'>): string {
  return `${table}.${column}`;
}

function textOf(node: ESTree.ObjectExpression, key: string): string | null {
  for (const property of node.properties)
    if (property.type === 'Property' && property.key.type === 'Identifier' && property.key.name === key)
      return literalText(property.value);
  return null;
}
