import type { Removal } from './removal.ts';

const SERVER = 'apps/server/src';
const pipeline = ['tests/architecture/pipeline.test.ts', 'tests/architecture/pipeline-order.test.ts'];
const endpoints = ['tests/architecture/endpoints.test.ts'];
const tenancy = [`${SERVER}/tenancy/clinic-isolation.service.test.ts`];
const purpose = [`${SERVER}/authorization/purpose-of-use.test.ts`];
const tokens = [`${SERVER}/authentication/tokens/jwt-auth.service.test.ts`];
const auditComplete = ['tests/abuse/audit-completeness.test.ts'];
const auditOff = ['tests/abuse/audit-switched-off.test.ts'];

const ISOLATION_SERVICE = `${SERVER}/tenancy/clinic-isolation.service.ts`;

function withoutGuard(guard: string): Removal {
  return {
    name: `pipeline: \`${guard}\``,
    file: `${SERVER}/request-pipeline.ts`,
    search: `install: ({ guard }) => guard(${guard}),`,
    replacement: 'install: () => undefined,',
    tests: pipeline,
  };
}

/** What the application decides on the way of a request. */
export const SERVER_REMOVALS: readonly Removal[] = [
  ...['JwtAuthGuard', 'ClinicGuard', 'RolesGuard'].map(withoutGuard),
  {
    name: 'authentication: the signature of an access token',
    file: `${SERVER}/authentication/tokens/jwt-auth.service.ts`,
    search: 'if (!verifyJws(parsed, key.verifier))',
    replacement: 'if (false)',
    tests: tokens,
  },
  {
    name: 'tenancy: a named clinic is one of the caller’s',
    file: ISOLATION_SERVICE,
    search:
      "if (!isMember && principal.platformRole !== 'SUPER_ADMIN') throw tenancyErrors.error('clinic-not-found');",
    replacement: 'void isMember;',
    tests: tenancy,
  },
  {
    name: 'tenancy: sources that disagree are refused',
    file: ISOLATION_SERVICE,
    search: "if (others.length > 0) throw tenancyErrors.error('clinic-sources-disagree');",
    replacement: '',
    tests: tenancy,
  },
  {
    name: 'authorization: a route that declares nothing is closed',
    file: `${SERVER}/authorization/roles.guard.ts`,
    search: "if (permissions === undefined) throw authorizationErrors.error('authorization-undeclared');",
    replacement: 'if (permissions === undefined) return true;',
    tests: endpoints,
  },
  {
    name: 'authorization: health information needs a purpose',
    file: `${SERVER}/authorization/purpose-of-use.ts`,
    search: "if (required) throw authorizationErrors.error('purpose-of-use-required');",
    replacement: '',
    tests: purpose,
  },
  {
    name: 'a route’s declaration of permission (`GET /patients`)',
    file: `${SERVER}/modules/patients/patients.controller.ts`,
    search: "@Get()\n  @RequirePermission('view_patient_profiles', 'view_own_profile')",
    replacement: '@Get()',
    tests: endpoints,
  },
  {
    name: 'audit: a read writes its entry in the same statement',
    file: `${SERVER}/audit/recorded-read.repository.ts`,
    search: 'from (select 1) as request left join target on true',
    replacement: 'from (select 1) as request left join target on true where false',
    tests: auditComplete,
  },
  {
    name: 'audit: a refusal is recorded',
    file: `${SERVER}/response-stages.ts`,
    search: 'await refusals.record(request as CarewardRequest, payload);',
    replacement: 'void refusals;',
    tests: auditComplete,
  },
  {
    name: 'audit: what cannot be recorded is refused',
    file: `${SERVER}/audit/audit-trail.ts`,
    search: "throw auditErrors.error('audit-unavailable', { cause, retryAfterSeconds: 5 });",
    replacement: 'void cause;',
    tests: auditOff,
  },
  {
    name: 'writes: an update names the version that it is based on',
    file: `${SERVER}/modules/medical-records/record-statements.repository.ts`,
    search: `where id = \${id} and current_version = \${basedOn} returning`,
    replacement: `where id = \${id} returning`,
    tests: ['tests/abuse/lost-update.test.ts'],
  },
  {
    name: 'writes: an idempotency key stands for one request only',
    file: `${SERVER}/persistence/write-once.ts`,
    search: 'if (row === undefined || !equalInConstantTime(row.request_digest, receipt.digest)) {',
    replacement: 'if (row === undefined) {',
    tests: ['tests/abuse/idempotency-key-reuse.test.ts'],
  },
];
