// Defends: protected columns from being written or read past the ciphers.
// How: a file that builds statements and names a table with protected columns together with one of them (or all columns) must
// import the face of encryption/. The envelope itself refuses bytes that were sealed for another place.
// Does not prove that the imported cipher is used on every path: the encryption tests of each room do.
import { type ESTree, Visitor } from 'vite';
import { isProduction } from '../graph/layout.ts';
import { type Column, declaredPhiColumns } from '../graph/phi-columns.ts';
import type { SourceFile } from '../graph/source-tree.ts';
import type { Finding, Rule } from '../rule.ts';

const ENCRYPTION = 'apps/server/src/encryption/index.ts';

/** A column becomes PHI in phi-fields.ts and is touched through the ciphers only. */
export const phiThroughEncryption: Rule = {
  name: 'phi-through-encryption',
  promise:
    'a repository that touches a column declared in phi-fields.ts goes through the face of encryption/',
  find: (tree) => {
    const columns = declaredPhiColumns(tree);
    return tree.sources
      .filter(({ path }) => path.endsWith('.repository.ts') && isProduction(path))
      .filter(({ imports }) => !imports.some(({ target }) => target === ENCRYPTION))
      .flatMap((file) => firstTouch(file, columns));
  },
};

interface Word {
  readonly text: string;
  readonly line: number;
}

function firstTouch(file: SourceFile, columns: readonly Column[]): Finding[] {
  const words = databaseWords(file);
  const named = new Set(words.map(({ text }) => text));
  const reachable = columns.filter(({ table }) => named.has(table)).map(({ column }) => column);
  const touch = words.find(
    ({ text }) => reachable.includes(text) || (reachable.length > 0 && text === 'selectAll'),
  );
  return touch
    ? [{ path: file.path, line: touch.line, message: `touches ${touch.text} without encryption/` }]
    : [];
}

// Words of string literals and templates (`patient as p`, `p.ssn`, raw SQL), keys of object literals, and selectAll. Names of
// actions such as `patient.create` hold a table's name too: alone they touch no column.
function databaseWords(file: SourceFile): Word[] {
  const words: Word[] = [];
  const add = (node: { start: number }, text: string) => {
    for (const match of text.matchAll(/\w+/g)) words.push({ text: match[0], line: file.lineAt(node.start) });
  };
  new Visitor({
    Literal: (node) => {
      if (typeof node.value === 'string') add(node, node.value);
    },
    TemplateElement: (node) => add(node, node.value.raw),
    Property: (node) => addKey(node, add),
    MemberExpression: (node) => {
      if (node.property.type === 'Identifier' && node.property.name === 'selectAll')
        add(node.property, 'selectAll');
    },
  }).visit(file.program);
  return words;
}

function addKey(node: ESTree.Node, add: (node: { start: number }, text: string) => void): void {
  if ('key' in node && node.key && node.key.type === 'Identifier') add(node.key, node.key.name);
}
