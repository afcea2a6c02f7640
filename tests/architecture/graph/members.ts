import { type ESTree, Visitor } from 'vite';
import { literalText } from './parse-source.ts';
import type { SourceFile } from './source-tree.ts';

/**
 * Lines where `property` is taken from one of `objects`: `o.p`, `o['p']`, `globalThis.o.p` and `const { p } = o`.
 * Follows no assignment of the object to another name.
 */
export function linesTaking(file: SourceFile, objects: ReadonlySet<string>, property: string): number[] {
  const lines = new Set<number>();
  const note = (node: { start: number }) => lines.add(file.lineAt(node.start));
  new Visitor({
    MemberExpression: (node) => {
      if (propertyName(node) === property && isOneOf(node.object, objects)) note(node);
    },
    VariableDeclarator: (node) => {
      if (node.init && isOneOf(node.init, objects) && destructures(node.id, property)) note(node);
    },
  }).visit(file.program);
  return [...lines];
}

/** Lines that hold an identifier of one of these names, as a variable, a property or an imported name. */
export function linesNaming(file: SourceFile, names: ReadonlySet<string>): { line: number; name: string }[] {
  const found = new Map<string, { line: number; name: string }>();
  new Visitor({
    Identifier: ({ name, start }) => {
      const line = file.lineAt(start);
      if (names.has(name)) found.set(`${line} ${name}`, { line, name });
    },
  }).visit(file.program);
  return [...found.values()];
}

/** The local names under which a file imports `name`, itself included: a global or a declaration is called so without an import. */
export function localNames(file: SourceFile, name: string): Set<string> {
  const aliases = file.imports.flatMap((imported) => imported.names).filter((each) => each.imported === name);
  return new Set([name, ...aliases.map((each) => each.local)]);
}

/** The name of the property a member expression takes, or null when it is computed at run time. */
export function propertyName(node: ESTree.MemberExpression): string | null {
  if (node.computed) return literalText(node.property);
  return node.property.type === 'Identifier' ? node.property.name : null;
}

function isOneOf(node: ESTree.Node, names: ReadonlySet<string>): boolean {
  if (node.type === 'Identifier') return names.has(node.name);
  return node.type === 'MemberExpression' && names.has(propertyName(node) ?? '');
}

function destructures(pattern: ESTree.Node, property: string): boolean {
  if (pattern.type !== 'ObjectPattern') return false;
  return pattern.properties.some(
    (each) => each.type === 'Property' && each.key.type === 'Identifier' && each.key.name === property,
  );
}
