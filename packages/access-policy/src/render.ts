import { PERMISSIONS, type Permission, phiPermissions } from './permissions.ts';
import { grantedScope } from './role-permissions.ts';
import { ROLES } from './roles.ts';

/** The policy table as a Markdown page: one row a permission, one column a role. The same table gives the same text. */
export function renderAccessPolicy(): string {
  const columns = ['Permission', 'PHI', ...ROLES.map((role) => `\`${role}\``)];
  return [
    '# Access policy',
    '',
    'Generated from `packages/access-policy/src/role-permissions.ts` by `tools/render-access-policy.ts`; do not edit.',
    '',
    '- `own`: only what belongs to the acting account.',
    '- `clinic`: everything of the clinic in which the role is held.',
    '- `platform`: outside the clinics, and the non-clinical administration of all of them.',
    '- PHI: needs a clinic and a purpose of use, and each use is entered in the access log.',
    '- An empty cell is a refusal.',
    '',
    row(columns),
    row(columns.map(() => '---')),
    ...PERMISSIONS.map(permissionRow),
    '',
  ].join('\n');
}

function permissionRow(permission: Permission): string {
  const scopes = ROLES.map((role) => grantedScope(role, permission) ?? '');
  return row([`\`${permission}\``, phiPermissions.has(permission) ? 'yes' : '', ...scopes]);
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
