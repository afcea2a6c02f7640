import type { SourceFile, SourceTree } from './graph/source-tree.ts';

/** A place that breaks a rule. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** One rule of the house. `name` is also the folder of its planted violations; `promise` is what holds when it finds nothing. */
export interface Rule {
  readonly name: string;
  readonly promise: string;
  find(tree: SourceTree): Finding[];
}

/** A rule that judges one file at a time. */
export function fileRule(
  name: string,
  promise: string,
  inspect: (file: SourceFile) => readonly Omit<Finding, 'path'>[],
): Rule {
  return {
    name,
    promise,
    find: (tree) =>
      tree.sources.flatMap((file) => inspect(file).map((finding) => ({ path: file.path, ...finding }))),
  };
}

/** A rule that judges one import at a time: `judge` returns what is wrong with it, or null. */
export function importRule(
  name: string,
  promise: string,
  judge: (file: SourceFile, imported: SourceFile['imports'][number]) => string | null,
): Rule {
  return fileRule(name, promise, (file) =>
    file.imports.flatMap((imported) => {
      const message = judge(file, imported);
      return message === null ? [] : [{ line: imported.line, message }];
    }),
  );
}
