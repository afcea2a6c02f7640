import {
  CLAIMS_PLATFORM_PERMISSIONS,
  PERMISSIONS,
  PERMISSIONS_OF_LATER_PARTS,
  type Permission,
  permissionsOverRights,
  phiPermissions,
} from './permissions.ts';
import { CLAIMS_PLATFORM_ACTORS, grantedScope } from './role-permissions.ts';
import { ROLES, type Role } from './roles.ts';
import { SIGN_IN_POLICY } from './sign-in-policy.ts';

/** A route of the API as the page lists it. */
export interface PolicyRoute {
  readonly method: string;
  readonly path: string;
  /** `public`: anybody; `signed-in`: every person for themselves; `permission`: whoever holds one of `permissions`. */
  readonly entry: 'public' | 'signed-in' | 'permission';
  readonly permissions: readonly string[];
  /** Whether the person must have proved themselves in the last minutes. */
  readonly recentProof: boolean;
}

/** The whole policy as a Markdown page: sign-in, proofs, permissions by role, routes by permission. Equal input gives equal text. */
export function renderAccessPolicy(routes: readonly PolicyRoute[]): string {
  return [
    '# Access policy',
    '',
    'Generated from `packages/access-policy/src` and the reviewed list of routes, `tests/architecture/endpoints.snapshot.txt`, by',
    '`tools/render-access-policy.ts`; do not edit.',
    '',
    ...signInSection(),
    ...proofSection(routes),
    ...permissionSection(),
    ...claimsPlatformSection(),
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
    '- Recent proof: how old the last proof of the person may be [where one is needed](#what-needs-a-recent-proof).',
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

function proofSection(routes: readonly PolicyRoute[]): string[] {
  return [
    '## What needs a recent proof',
    '',
    'Whatever gives or takes rights, opens or closes an account or a clinic, changes how a person signs in, or takes personal data out',
    'in bulk: so that a session which somebody left open, or lost, is not made into a lasting one.',
    '',
    '- Everything that changes something by a permission over rights (below) is of this kind; there is no exception.',
    '- An act that brings its own proof needs no other: a code that was mailed to the person, or the present password. Whoever has a',
    '  second factor needs a recent proof for a new password all the same.',
    '- Care, reading page by page, and the import, which brings data in, are not of this kind: each is recorded instead.',
    '',
    '`tests/architecture/rights.test.ts` holds the rule over every route there is, and names the reason of each that changes something',
    'without a proof. Those that need one:',
    '',
    ...routes.filter(({ recentProof }) => recentProof).map((route) => `- ${named(route)}`),
    '',
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
    '- Over rights: gives and takes them; what changes something by it needs a recent proof.',
    '- An empty cell is a refusal.',
    '',
    ...table(
      ['Permission', 'PHI', 'Over rights', ...ROLES.map((role) => `\`${role}\``)],
      PERMISSIONS.map(permissionRow),
    ),
    '',
  ];
}

function claimsPlatformSection(): string[] {
  return [
    '## The actors of the claims platform',
    '',
    `The claims platform knows four actors and ${CLAIMS_PLATFORM_PERMISSIONS.length} permissions. Each actor's permissions are held here, and nothing more of that list. Its`,
    'administrator is two people: who runs the platform reaches no clinic’s log, and who runs a clinic reaches neither the system nor',
    'another clinic. Both manage users, each as far as their scope. Neither reads a diagnosis.',
    '',
    ...table(
      ['Actor', 'Role', 'Holds of the list'],
      Object.entries(CLAIMS_PLATFORM_ACTORS).flatMap(([actor, roles]) =>
        roles.map((role) => [actor, `\`${role}\``, heldOfClaimsPlatform(role)]),
      ),
    ),
    '',
  ];
}

function heldOfClaimsPlatform(role: Role): string {
  const held = CLAIMS_PLATFORM_PERMISSIONS.filter((permission) => grantedScope(role, permission));
  return held.map((permission) => `\`${permission}\``).join(', ');
}

function permissionRow(permission: Permission): string[] {
  const scopes = ROLES.map((role) => grantedScope(role, permission) ?? '');
  const [isPhi, isOverRights] = [phiPermissions.has(permission), permissionsOverRights.has(permission)];
  return [`\`${permission}\``, isPhi ? 'yes' : '', isOverRights ? 'yes' : '', ...scopes];
}

function routeSection(routes: readonly PolicyRoute[]): string[] {
  const rows = PERMISSIONS.map((permission) => [`\`${permission}\``, opened(permission, routes)]);
  return [
    '## What each permission opens',
    '',
    'A route that names several permissions stands at each: any one of them opens it, as far as its scope reaches. A permission',
    'without a route is granted and opens nothing yet: it is for the part of the product that is named.',
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

function opened(permission: Permission, routes: readonly PolicyRoute[]): string {
  const own = routes.filter(({ permissions }) => permissions.includes(permission));
  const later = PERMISSIONS_OF_LATER_PARTS[permission];
  return own.length === 0 && later !== undefined ? `none yet: ${later}` : listed(own);
}

function listed(routes: readonly PolicyRoute[]): string {
  return routes.map(named).join('<br>');
}

function named({ method, path }: PolicyRoute): string {
  return `\`${method} ${path}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
