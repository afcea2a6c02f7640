import { isTestCode, partOf, workspaceOf } from '../graph/layout.ts';
import { importRule } from '../rule.ts';

/** What a face does not export can change without asking anybody. */
export const faces = importRule(
  'faces',
  'across folders, rooms and packages only the face (index.ts) is imported; across packages by name, never by path',
  (file, { target, specifier }) => {
    if (target === null || isTestCode(file.path)) return null;
    const part = partOf(target);
    if (part === partOf(file.path)) return null;
    if (workspaceOf(target) !== workspaceOf(file.path) && specifier?.startsWith('.'))
      return `${specifier} leaves the package by path`;
    return isFace(target, part) ? null : `${target} is not the face of ${part}`;
  },
);

// A root file of an app is a part of its own and therefore its own face.
function isFace(target: string, part: string): boolean {
  return target === part || target === `${part}/index.ts` || target === `${part}/src/index.ts`;
}
