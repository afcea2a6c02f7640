import { PERMISSIONS, type Permission, phiPermissions } from './permissions.ts';
import { grantedScope } from './role-permissions.ts';
import { ROLES, type Role } from './roles.ts';
import { SIGN_IN_POLICY } from './sign-in-policy.ts';

/** A route of the API as the page lists it. */
export interface PolicyRoute {
  readonly method: string;
  readonly path: string;
  /** `public`: anybody; `signed-in`: every person for themselves; `permission`: whoever holds one of `permissions`. */
  readonly entry: 'public' | 'signed-in' | 'permission';
  readonly permissions: readonly string[];
}

/** The whole policy as a Markdown page: sign-in, permissions by role, routes by permission. Equal input gives equal text. */
export function renderAccessPolicy(routes: readonly PolicyRoute[]): string {
  return [
    '# Access policy',
    '',
    'Generated from `packages/access-policy/src` and the reviewed list of routes, `tests/architecture/endpoints.snapshot.txt`, by',
    '`tools/render-access-policy.ts`; do not edit.',
    '',
    ...signInSection(),
    ...permissionSection(),
    ...routeSection(routes),
    '',
  ].join('\n');
}

function signInSection(): string[] {
  return [
    '## How each role signs in',
    '',
    'What holds where nothing else is configured ([configuration](configuration.md#how-people-sign-in)). A person of several roles',
    'is held to the strictest of them; a person without a role to that of `PATIENT`.',
    '',
    '- Second factor: a one-time code or a recovery code beside the password; a passkey that verifies its user is both in one.',
    '- Token binding: an access token is of use only to the client that holds its key (RFC 9449).',
    '- Idle: a session that is not used for so long ends.',
    '- Recent proof: how old the last proof of the person may be for a sensitive act.',
    '',
    ...table(
      ['Role', 'Second factor', 'Token binding', 'Idle at most', 'Recent proof'],
      ROLES.map(signInRow),
    ),
    '',
  ];
}

function signInRow(role: Role): string[] {
  const { secondFactor, tokenBinding, sessionIdleMinutesAtMost, recentProofMinutes } = SIGN_IN_POLICY[role];
  return [
    `\`${role}\``,
    secondFactor,
    tokenBinding,
    `${sessionIdleMinutesAtMost} min`,
    `${recentProofMinutes} min`,
  ];
}

function permissionSection(): string[] {
  return [
    '## What each role may do',
    '',
    '- `own`: only what belongs to the acting account.',
    '- `clinic`: everything of the clinic in which the role is held.',
    '- `platform`: outside the clinics, and the non-clinical administration of all of them.',
    '- PHI: needs a clinic and a purpose of use, and each use is entered in the access log.',
    '- An empty cell is a refusal.',
    '',
    ...table(['Permission', 'PHI', ...ROLES.map((role) => `\`${role}\``)], PERMISSIONS.map(permissionRow)),
    '',
  ];
}

function permissionRow(permission: Permission): string[] {
  const scopes = ROLES.map((role) => grantedScope(role, permission) ?? '');
  return [`\`${permission}\``, phiPermissions.has(permission) ? 'yes' : '', ...scopes];
}

function routeSection(routes: readonly PolicyRoute[]): string[] {
  const rows = PERMISSIONS.map((permission) => [
    `\`${permission}\``,
    listed(routes.filter(({ permissions }) => permissions.includes(permission))),
  ]);
  return [
    '## What each permission opens',
    '',
    'A route that names several permissions stands at each: any one of them opens it, as far as its scope reaches. A permission',
    'without a route is granted and opens nothing yet.',
    '',
    ...table(
      ['Permission', 'Routes'],
      [
        ...rows,
        ['signed in, for oneself', listed(routes.filter(({ entry }) => entry === 'signed-in'))],
        ['nobody in particular', listed(routes.filter(({ entry }) => entry === 'public'))],
      ],
    ),
  ];
}

function listed(routes: readonly PolicyRoute[]): string {
  return routes.map(({ method, path }) => `\`${method} ${path}\``).join('<br>');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
