import { type ESTree, Visitor } from 'vite';
import { isProduction } from '../graph/layout.ts';
import { propertyName } from '../graph/members.ts';
import type { SourceFile } from '../graph/source-tree.ts';
import { fileRule } from '../rule.ts';

const DRIVERS = new Set(['pg', 'kysely', '@electric-sql/pglite']);
const HOMES = /^apps\/server\/src\/(?:connections|persistence)\/|\.repository\.ts$/;
const STATEMENTS = new Set([
  'selectFrom',
  'insertInto',
  'updateTable',
  'deleteFrom',
  'mergeInto',
  'replaceInto',
]);

/** A statement is written where its scope is visible: one gate to the rows, and one kind of file to review for it. */
export const databaseAccess = fileRule(
  'database-access',
  'database drivers, their types and statements appear only in connections/, persistence/ and *.repository.ts',
  (file) =>
    isProduction(file.path) && !HOMES.test(file.path) ? [...driverImports(file), ...statements(file)] : [],
);

function driverImports(file: SourceFile) {
  return file.imports
    .filter(({ external }) => external !== null && DRIVERS.has(external))
    .map(({ line, external }) => ({ line, message: `imports ${external}` }));
}

function statements(file: SourceFile) {
  const found: { line: number; message: string }[] = [];
  new Visitor({
    CallExpression: (node: ESTree.CallExpression) => {
      const name = node.callee.type === 'MemberExpression' ? propertyName(node.callee) : null;
      if (name !== null && STATEMENTS.has(name))
        found.push({ line: file.lineAt(node.callee.end), message: `builds a statement with ${name}` });
    },
  }).visit(file.program);
  return found;
}
