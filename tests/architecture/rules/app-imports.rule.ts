import { workspaceOf } from '../graph/layout.ts';
import { importRule } from '../rule.ts';

/** Apps are deployed apart. The one exception: the command line starts the server in its own process, through its face. */
export const appImports = importRule(
  'app-imports',
  'an app never imports another app, except the command line the face of the server',
  (file, { target, specifier }) => {
    const own = workspaceOf(file.path);
    const other = target === null ? null : workspaceOf(target);
    if (!own || !other?.startsWith('apps/') || own === other) return null;
    return own === 'apps/cli' && specifier === '@careward/server' ? null : `${own} imports ${other}`;
  },
);
