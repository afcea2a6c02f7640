// Every role at every route of its own clinic: what the access policy grants is done, and everything else is refused.
//
// The expectation is computed from the table of permissions and the routes' declarations, never from what the server answers, so a
// route that opens to one role too many or too few is named here.
import { type ClinicRole, grantedScope, ROLES, type Role } from '@careward/access-policy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../apps/server/src/describe-endpoints.ts';
import { admitPerson, startTwoClinics, TEST_PASSWORD } from '../../apps/server/test-harness/index.ts';
import { endpointsOf } from './world/endpoint-table.ts';
import { emailOf, signIn } from './world/people.ts';
import { type Planted, plant } from './world/planted.ts';
import { requestTo, type Target } from './world/requests.ts';
import { Wire } from './world/wire.ts';

/** Refusals by what a route does: whoever hears that the password sent is wrong has been let in to change it. */
const ANSWERS_OF_ROOMS: ReadonlySet<string> = new Set([
  'authentication-code-wrong',
  'authentication-failed',
  'known-device-not-found',
  'mailed-code-refused',
  'openid-provider-unknown',
  'passkey-not-found',
  'passkey-refused',
  'second-factor-not-found',
  'session-not-found',
]);

let server: Awaited<ReturnType<typeof startTwoClinics>>;
let wire: Wire;
let planted: Planted;
let endpoints: Endpoint[];
beforeAll(async () => {
  server = await startTwoClinics();
  planted = await plant(server);
  wire = new Wire(server.running);
  endpoints = await endpointsOf(server.running.platform);
}, 120_000);
afterAll(async () => {
  wire.close();
  await server.stop();
});

describe('each role reaches exactly the routes that its permissions open', () => {
  it.each(ROLES)(
    '%s',
    async (role) => {
      const closed = endpoints.filter(({ entry }) => entry !== 'public');
      const answered: string[] = [];
      const expected: string[] = [];
      for (const endpoint of closed) {
        const { method, path } = endpoint;
        answered.push(`${method} ${path} ${await outcomeOf(endpoint, role)}`);
        expected.push(`${method} ${path} ${isOpenTo(endpoint, role) ? 'done' : 'refused'}`);
      }
      expect(answered).toEqual(expected);
    },
    120_000,
  );

  it('and every route is open to somebody', () => {
    const shut = endpoints.filter((endpoint) => !ROLES.some((role) => isOpenTo(endpoint, role)));
    expect(shut).toEqual([]);
  });
});

describe('somebody who is not signed in', () => {
  it('is asked to sign in on every route that is not public, and on no other', async () => {
    for (const endpoint of endpoints) {
      const { status, body } = await wire.send(requestTo(endpoint, planted.own));
      const isAsked = status === 401 && body.code === 'authentication-required';
      expect(isAsked, `${endpoint.method} ${endpoint.path}: ${status}`).toBe(endpoint.entry !== 'public');
    }
  });
});

function isOpenTo({ entry, permissions, roles }: Endpoint, role: Role): boolean {
  if (entry !== 'permission') return entry !== 'undeclared';
  if (roles.length > 0 && !roles.includes(role)) return false;
  return permissions.some((permission) => grantedScope(role, permission) !== undefined);
}

/** `done`, `refused` by the access policy, or what else came of it. A session of its own for each request: signing out ends it. */
async function outcomeOf(endpoint: Endpoint, role: Role): Promise<string> {
  const caller = await callerOf(endpoint, role);
  const target = await targetOf(endpoint, caller);
  const { header } = await signIn(wire, caller);
  const request = requestTo(endpoint, target, await currentTag(endpoint));
  const headers = [header, ['x-clinic-id', planted.own.clinicId] as const, ...request.headers];
  const { status, body } = await wire.send({ ...request, headers });
  if ((status >= 200 && status < 300) || ANSWERS_OF_ROOMS.has(String(body.code))) return 'done';
  return status === 403 && body.code === 'authorization-refused'
    ? 'refused'
    : `${status} ${String(body.code)}`;
}

/** What the endpoint is asked about; what can be done once needs an invitation that somebody has just sent. */
async function targetOf({ path, method }: Endpoint, caller: string): Promise<Target> {
  if (method === 'DELETE' && path.endsWith('/:accountId'))
    return { ...planted.own, accountId: await stranger() };
  if (path.endsWith('/accept-signed-in')) return { ...planted.own, ...(await invited(caller)) };
  return path.includes(':invitationId') ? { ...planted.own, ...(await invited(SOMEBODY)) } : planted.own;
}

const SOMEBODY = 'somebody@invited.example.org';

/** An invitation to the clinic `south`, whose roles nobody is tried with, or to be withdrawn in `north`. */
async function invited(email: string) {
  const administrator = await administratorOf(email === SOMEBODY ? 'north' : 'south');
  await server.mailbox.all(email);
  const sent = await administrator.post('/api/v1/users/invitations', { email, roles: ['NURSE'] });
  if (sent.status !== 201) throw new Error(`an invitation: ${sent.status} ${sent.text}`);
  return { invitationId: String(sent.body.id), invitationCode: await server.mailbox.code(email) };
}

/** The ETag that a change of the endpoint's resource has to carry. */
async function currentTag({ path, method }: Endpoint): Promise<string> {
  if (method !== 'PUT' && method !== 'PATCH') return '"1"';
  const { patientId, recordId } = planted.own;
  const resource = path.includes('medical-records') ? `medical-records/${recordId}` : `patients/${patientId}`;
  const doctor = await server.nobody.signIn(emailOf('DOCTOR', 'north'), TEST_PASSWORD);
  const { headers } = await doctor.at(planted.own.clinicId).get(`/api/v1/${resource}`);
  return headers.etag ?? '"1"';
}

/** Who asks. Somebody new deletes their account or goes to another clinic as well: the others are still needed as they are. */
async function callerOf({ path, method }: Endpoint, role: Role): Promise<string> {
  const changesTheCaller =
    (method === 'DELETE' && path.endsWith('/users/me')) || path.endsWith('/accept-signed-in');
  return changesTheCaller ? admitted(role === 'SUPER_ADMIN' ? 'SUPPORT_STAFF' : role) : addressOf(role);
}

/** A session of this moment: some requests end everybody's. */
async function administratorOf(clinic: 'north' | 'south') {
  const client = await server.nobody.signIn(emailOf('CLINIC_ADMIN', clinic), TEST_PASSWORD);
  return client.at(server.world[clinic].id);
}

let admittedCount = 0;
/** The address of somebody new with this role in `north`. */
async function admitted(role: ClinicRole): Promise<string> {
  admittedCount += 1;
  const email = `new${admittedCount}@north.example.org`;
  const person = { email, displayName: 'New', password: TEST_PASSWORD, roles: [role] };
  await admitPerson(server, await administratorOf('north'), person);
  return email;
}

/** The account of somebody new, which may be deleted. */
async function stranger(): Promise<string> {
  return (await signIn(wire, await admitted('NURSE'))).accountId;
}

function addressOf(role: Role): string {
  if (role === 'SUPER_ADMIN') return 'root@example.org';
  // The person whose account is linked to the patient that requests name.
  return role === 'PATIENT' ? planted.own.personEmail : emailOf(role, 'north');
}
