import { isTestCode, workspaceOf } from '../graph/layout.ts';
import { importRule } from '../rule.ts';

const KERNEL = 'packages/kernel';
const TESTING = 'packages/testing';
const FRAMEWORKS = /^(?:@nestjs\/.+|fastify|@fastify\/.+|kysely|pg|rxjs|react|react-dom|redis)$/;

/** Packages stay pure and usable alone: they know the kernel, plain libraries and the interfaces they declare themselves. */
export const packageImports = importRule(
  'package-imports',
  'a package imports only the kernel, its tests also the testing package, and no framework; the kernel imports nothing',
  (file, { target, external }) => {
    const own = workspaceOf(file.path);
    if (!own?.startsWith('packages/')) return null;
    if (external !== null) return judgeExternal(own, file.path, external);
    const other = target === null ? own : (workspaceOf(target) ?? target);
    if (other === own || other === KERNEL || (other === TESTING && isTestCode(file.path))) return null;
    return `${own} imports ${other}`;
  },
);

function judgeExternal(own: string, path: string, external: string): string | null {
  if (FRAMEWORKS.test(external)) return `${own} imports the framework ${external}`;
  const builtIn = external.startsWith('node:');
  return own === KERNEL && !builtIn && !isTestCode(path) ? `the kernel imports ${external}` : null;
}
