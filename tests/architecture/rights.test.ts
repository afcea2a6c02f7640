// One rule over every route there is: whatever gives or takes rights, opens or closes an account or a clinic, changes how a person signs
// in, or takes personal data out in bulk, needs a recent proof of the person. A session that was left open is good for work, and for
// nothing that would last. Whatever changes something without such a proof stands here with the reason why it may.
//
// And one over every permission: it opens a route, or the page of the policy says which part of the product it is for.
import { PERMISSIONS, PERMISSIONS_OF_LATER_PARTS, permissionsOverRights } from '@careward/access-policy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../apps/server/src/config/index.ts';
import type { Endpoint } from '../../apps/server/src/describe-endpoints.ts';
import { openPlatform, type Platform } from '../../apps/server/src/platform/index.ts';
import { createTestEnvironment, type TestEnvironment } from '../../apps/server/test-harness/index.ts';
import { endpointsOf } from '../e2e/world/endpoint-table.ts';

const PROVES = 'is itself the proof that is asked for';
const OWN_PROOF = 'brings a proof: a code that was mailed to the address of the person';
const CARE = 'is care of patients: recorded, and versions stay';
const READS = 'reads a page, and is recorded';

/** What changes something, or is no GET, and needs no recent proof. */
const WITHOUT_PROOF: Readonly<Record<string, string>> = {
  'PUT /api/v1/auth/password':
    'brings a proof: the present password; of a person with a second factor the service asks for a recent one besides',
  'POST /api/v1/auth/reauthenticate': PROVES,
  'POST /api/v1/auth/reauthenticate/passkey': PROVES,
  'POST /api/v1/auth/reauthenticate/passkey/options': PROVES,
  'POST /api/v1/auth/sign-out': 'ends the session that asks, and gives nothing',
  'POST /api/v1/import': 'brings data in and takes none out: recorded, and versions stay',
  'POST /api/v1/invitations/accept-signed-in': OWN_PROOF,
  'PUT /api/v1/medical-records/:recordId': CARE,
  'POST /api/v1/patients': CARE,
  'PATCH /api/v1/patients/:patientId': CARE,
  'POST /api/v1/patients/:patientId/medical-records': CARE,
  'POST /api/v1/patients/search': READS,
  'PATCH /api/v1/users/me': 'changes the name that is shown, by which nobody signs in',
  'POST /api/v1/users/me/email/confirm': OWN_PROOF,
};

let environment: TestEnvironment;
let platform: Platform;
let endpoints: readonly Endpoint[];
beforeAll(async () => {
  environment = await createTestEnvironment();
  platform = await openPlatform(loadConfiguration(environment.variables));
  endpoints = (await endpointsOf(platform)).filter(({ entry }) => entry !== 'public');
});
afterAll(async () => {
  await platform.close();
  await environment.remove();
});

const nameOf = ({ method, path }: Endpoint) => `${method} ${path}`;
const changes = ({ method }: Endpoint) => method !== 'GET';

describe('a recent proof', () => {
  it('is needed for whatever changes something, but for what is named with its reason', () => {
    const lax = endpoints.filter((endpoint) => changes(endpoint) && !endpoint.recentProof);
    expect(lax.map(nameOf)).toEqual(Object.keys(WITHOUT_PROOF));
  });

  it('is needed for every change by a permission over rights, without exception', () => {
    const overRights = endpoints.filter(
      (endpoint) =>
        changes(endpoint) && endpoint.permissions.some((permission) => permissionsOverRights.has(permission)),
    );
    expect(overRights.filter(({ recentProof }) => !recentProof).map(nameOf)).toEqual([]);
    expect(overRights.length).toBeGreaterThan(9);
  });

  it('is needed to take personal data out in bulk', () => {
    const exports = endpoints.filter(({ path }) => /\bexport\b/.test(path));
    expect(exports.filter(({ recentProof }) => !recentProof).map(nameOf)).toEqual([]);
    expect(exports.map(nameOf)).toEqual(['GET /api/v1/users/export', 'GET /api/v1/users/me/export']);
  });
});

describe('a permission', () => {
  it('opens a route, or is for a part of the product that is named, and never both', () => {
    const opening = new Set(endpoints.flatMap(({ permissions }) => permissions));
    const closed = PERMISSIONS.filter((permission) => !opening.has(permission));
    expect(closed).toEqual(PERMISSIONS.filter((permission) => permission in PERMISSIONS_OF_LATER_PARTS));
  });
});
