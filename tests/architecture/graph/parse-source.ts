import { type ESTree, parseSync, Visitor } from 'vite';

/** One import of a file, of any form: static, re-export, dynamic, `import('x')` as a type, `require`. */
export interface ImportStatement {
  /** As written; null when a dynamic import does not name a literal. */
  readonly specifier: string | null;
  readonly line: number;
  readonly typeOnly: boolean;
  /** The names taken from the target, `*` for all of them; empty when unknown or none. */
  readonly names: readonly ImportedName[];
}

/** A name in the target (`imported`) and in the importing file (`local`). */
export interface ImportedName {
  readonly imported: string;
  readonly local: string;
}

/** A TypeScript file, parsed once. Lines count from 1. */
export interface ParsedSource {
  readonly program: ESTree.Program;
  readonly imports: readonly ImportStatement[];
  readonly lineCount: number;
  lineAt(offset: number): number;
}

/** Parses TypeScript or TSX. Throws on a syntax error: a file that cannot be read cannot be judged. */
export function parseSource(path: string, text: string): ParsedSource {
  const { program, errors } = parseSync(path, text, { sourceType: 'module' });
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const lineAt = lineFinder(text);
  const lineCount = text === '' ? 0 : text.trimEnd().split('\n').length;
  return { program, imports: collectImports(program, lineAt), lineCount, lineAt };
}

function collectImports(program: ESTree.Program, lineAt: (offset: number) => number): ImportStatement[] {
  const imports: ImportStatement[] = [];
  const add = (
    at: { start: number },
    specifier: string | null,
    typeOnly = false,
    names: ImportedName[] = [],
  ) => imports.push({ specifier, line: lineAt(at.start), typeOnly, names });
  new Visitor({
    ImportDeclaration: (node) =>
      add(
        node,
        node.source.value,
        isTypeOnly(node.importKind, node.specifiers),
        node.specifiers.map(importedName),
      ),
    ExportNamedDeclaration: (node) => {
      if (node.source)
        add(
          node,
          node.source.value,
          isTypeOnly(node.exportKind, node.specifiers),
          node.specifiers.map(reExportedName),
        );
    },
    ExportAllDeclaration: (node) =>
      add(node, node.source.value, node.exportKind === 'type', [{ imported: '*', local: '*' }]),
    ImportExpression: (node) => add(node, literalText(node.source)),
    TSImportType: (node) => add(node, node.source.value, true),
    TSExternalModuleReference: (node) => add(node, node.expression.value),
    CallExpression: (node) => {
      if (node.callee.type === 'Identifier' && node.callee.name === 'require')
        add(node, literalText(node.arguments[0]));
    },
  }).visit(program);
  return imports;
}

/** The text of a string literal or of a template without substitutions, else null. */
export function literalText(node: ESTree.Node | undefined): string | null {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? null;
  return null;
}

function isTypeOnly(kind: string | undefined, specifiers: readonly ESTree.Node[]): boolean {
  return kind === 'type' || (specifiers.length > 0 && specifiers.every(isTypeSpecifier));
}

function isTypeSpecifier(node: ESTree.Node): boolean {
  return (
    (node.type === 'ImportSpecifier' && node.importKind === 'type') ||
    (node.type === 'ExportSpecifier' && node.exportKind === 'type')
  );
}

function importedName(node: ESTree.ImportDeclarationSpecifier): ImportedName {
  const local = node.local.name;
  if (node.type === 'ImportSpecifier') return { imported: moduleName(node.imported), local };
  return { imported: node.type === 'ImportDefaultSpecifier' ? 'default' : '*', local };
}

function reExportedName(node: ESTree.ExportSpecifier): ImportedName {
  return { imported: moduleName(node.local), local: moduleName(node.exported) };
}

function moduleName(node: ESTree.ModuleExportName): string {
  return node.type === 'Literal' ? node.value : node.name;
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}
