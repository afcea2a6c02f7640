// Every role at every route that names something, about four things: one that is the person's own, one of somebody else in the same
// clinic, one of another clinic, and nothing.
//
// What is expected is computed from the access policy alone. A role that a route is closed to hears the same refusal about all four, so
// that refusals tell nobody what exists; a role that reaches the clinic finds both that are in it; a role that reaches only its
// own finds that one; and what is out of reach is answered exactly as what does not exist.
import { grantedScope, ROLES, type Role, type Scope } from '@careward/access-policy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../apps/server/src/describe-endpoints.ts';
import { endpointsOf, parametersOf } from './world/endpoint-table.ts';
import { openWorld, type World } from './world/open-world.ts';
import { emailOf, inNameOf, type SignedIn, signIn } from './world/people.ts';
import { type Planted, plant } from './world/planted.ts';
import { absentTarget, requestTo, type Target } from './world/requests.ts';

const WHOSE = ['own', 'of somebody else', 'of another clinic', 'absent'] as const;
type Whose = (typeof WHOSE)[number];

/** What a clinic holds about patients: there is one of each that belongs to the person, and one that does not. */
const OF_PATIENTS: ReadonlySet<string> = new Set(['patientId', 'recordId']);

/** An account is the platform's: who administers the platform closes any, wherever its person works. */
const OF_THE_PLATFORM: readonly string[] = ['DELETE /api/v1/users/:accountId'];

let world: World;
let planted: Planted;
let neighbour: Target;
let endpoints: Endpoint[];
beforeAll(async () => {
  world = await openWorld();
  planted = await plant(world);
  neighbour = await otherPatient();
  endpoints = (await endpointsOf(world.running.platform)).filter(namesSomething);
}, 120_000);
afterAll(() => world.close());

describe('each role reaches at each route exactly as far as its scope', () => {
  it.each(ROLES)(
    '%s',
    async (role) => {
      const person = await signIn(world.wire, addressOf(role));
      const answered: string[] = [];
      const expected: string[] = [];
      for (const endpoint of endpoints) {
        for (const whose of WHOSE.filter((each) => isKnown(endpoint, each))) {
          const name = `${endpoint.method} ${endpoint.path} ${whose}`;
          answered.push(`${name}: ${await outcomeOf(endpoint, person, whose)}`);
          expected.push(`${name}: ${expectedOutcome(endpoint, role, whose)}`);
        }
      }
      expect(answered).toEqual(expected);
    },
    120_000,
  );

  it('and there are routes of every kind to be tried', () => {
    const scopes = endpoints.flatMap((endpoint) => ROLES.map((role) => scopeOf(endpoint, role)));
    expect([...new Set(scopes)]).toEqual(expect.arrayContaining(['own', 'clinic', undefined]));
    expect(endpoints.filter((endpoint) => isKnown(endpoint, 'own')).length).toBeGreaterThan(8);
  });
});

function namesSomething(endpoint: Endpoint): boolean {
  return endpoint.entry === 'permission' && parametersOf(endpoint).some((name) => name !== 'clinicId');
}

/** Of what is not about patients, only that of another clinic and that of nothing are tried. */
function isKnown(endpoint: Endpoint, whose: Whose): boolean {
  if (whose === 'of another clinic' || whose === 'absent') return true;
  return parametersOf(endpoint).every((name) => OF_PATIENTS.has(name));
}

function expectedOutcome(endpoint: Endpoint, role: Role, whose: Whose): string {
  const scope = scopeOf(endpoint, role);
  if (scope === undefined) return 'refused';
  if (whose === 'of another clinic' && scope === 'platform' && isOfThePlatform(endpoint)) return 'done';
  const isReached = whose === 'own' || (whose === 'of somebody else' && scope !== 'own');
  return isReached ? 'done' : 'not found';
}

function isOfThePlatform({ method, path }: Endpoint): boolean {
  return OF_THE_PLATFORM.includes(`${method} ${path}`);
}

/** The widest scope in which the role holds one of the route's permissions. */
function scopeOf({ permissions, roles }: Endpoint, role: Role): Scope | undefined {
  if (roles.length > 0 && !roles.includes(role)) return undefined;
  const held = permissions.map((permission) => grantedScope(role, permission));
  return (['platform', 'clinic', 'own'] as const).find((scope) => held.includes(scope));
}

async function outcomeOf(endpoint: Endpoint, person: SignedIn, whose: Whose): Promise<string> {
  const target = targetOf(whose);
  const { headers, ...request } = requestTo(endpoint, target, await currentTag(endpoint, target));
  const asked = { ...request, headers: [['x-clinic-id', planted.own.clinicId] as const, ...headers] };
  const { status, body } = await world.wire.send(inNameOf(person, asked));
  if (status >= 200 && status < 300) return 'done';
  if (status === 403 && body.code === 'authorization-refused') return 'refused';
  return status === 404 ? 'not found' : `${status} ${String(body.code)}`;
}

function targetOf(whose: Whose): Target {
  if (whose === 'own') return planted.own;
  if (whose === 'of somebody else') return neighbour;
  return whose === 'absent' ? absentTarget() : planted.foreign;
}

/** The ETag that a change has to carry; of what is out of reach nobody knows one. */
async function currentTag({ path, method }: Endpoint, { patientId, recordId }: Target): Promise<string> {
  if (method !== 'PUT' && method !== 'PATCH') return '"1"';
  const resource = path.includes('medical-records') ? `medical-records/${recordId}` : `patients/${patientId}`;
  const { headers } = await world.world.north.staff.DOCTOR.get(`/api/v1/${resource}`);
  return headers.etag ?? '"1"';
}

function addressOf(role: Role): string {
  if (role === 'SUPER_ADMIN') return 'root@example.org';
  return role === 'PATIENT' ? planted.own.personEmail : emailOf(role, 'north');
}

/** Another patient of the same clinic with a record, and somebody else's account to be linked to. */
async function otherPatient(): Promise<Target> {
  const { patientIds, staff } = world.world.north;
  const patientId = patientIds[1] ?? '';
  const visit = { diagnosis: 'Cough', treatment: 'Rest', visitStart: '2026-03-01T09:00:00Z' };
  const made = await staff.DOCTOR.post<{ id: string }>(
    `/api/v1/patients/${patientId}/medical-records`,
    visit,
  );
  if (made.status !== 201) throw new Error(`the neighbour has no record: ${made.status}`);
  return { ...planted.own, patientId, recordId: made.body.id, personEmail: emailOf('PATIENT', 'north') };
}
