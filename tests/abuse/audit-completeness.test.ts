// The attacker is an insider who may read, and who hopes that some way of reading leaves no trace; or an outsider who probes until
// something gives way and hopes that only successes are written down. Every access to health information and every refusal has its
// entry when the answer arrives: who, in which clinic, why, what, with which outcome.
import { grantedScope, ROLES, type Role } from '@careward/access-policy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../apps/server/src/describe-endpoints.ts';
import { withEntries } from '../e2e/world/audit.ts';
import { endpointsOf } from '../e2e/world/endpoint-table.ts';
import { openWorld, type World } from '../e2e/world/open-world.ts';
import { attempt, emailOf, type SignedIn, signIn } from '../e2e/world/people.ts';
import { type Planted, plant } from '../e2e/world/planted.ts';
import { absentTarget, requestTo, type Target } from '../e2e/world/requests.ts';

let world: World;
let planted: Planted;
let endpoints: Endpoint[];
beforeAll(async () => {
  world = await openWorld();
  planted = await plant(world);
  endpoints = await endpointsOf(world.running.platform);
});
afterAll(() => world.close());

const ask = (endpoint: Endpoint, target: Target, person?: SignedIn, clinicId = target.clinicId) => {
  const { headers, ...request } = requestTo(endpoint, target);
  const who = person === undefined ? [] : [person.header];
  return world.wire.send({ ...request, headers: [...who, ['x-clinic-id', clinicId], ...headers] });
};
const nameOf = ({ method, path }: Endpoint) => `${method} ${path}`;

describe('an access to health information', () => {
  it('has its entry with actor, clinic, purpose and outcome, on every route', async () => {
    for (const endpoint of endpoints.filter(({ phi, permissions }) => phi && permissions.length > 0)) {
      const person = await somebodyAllowed(endpoint);
      const { result, entries } = await withEntries(world.running.platform, () =>
        ask(endpoint, planted.own, person),
      );
      expect([200, 201, 204], `${nameOf(endpoint)} ${result.text}`).toContain(result.status);
      expect(entries.length, nameOf(endpoint)).toBeGreaterThan(0);
      for (const entry of entries) {
        const who = {
          actor_id: person.accountId,
          clinic_id: planted.own.clinicId,
          purpose: 'HOPERAT',
          outcome: 'success',
        };
        expect(entry, nameOf(endpoint)).toMatchObject(who);
        if (entry.action !== 'import.begin') expect(entry.patient_id, nameOf(endpoint)).not.toBeNull();
      }
    }
  });

  it('has an entry for each row that a list shows', async () => {
    const doctor = await signIn(world.wire, emailOf('DOCTOR', 'north'));
    for (const path of ['/api/v1/patients', `/api/v1/patients/${planted.own.patientId}/medical-records`]) {
      const { result, entries } = await withEntries(world.running.platform, () =>
        world.wire.send({ method: 'GET', path, headers: [doctor.header] }),
      );
      const shown = (result.body.items as { id: string }[]).map(({ id }) => id);
      expect(shown.length).toBeGreaterThan(0);
      expect(entries.map(({ resource_id }) => resource_id).toSorted()).toEqual(shown.toSorted());
    }
  });

  it('that finds nothing has its entry too, with the id that was asked for', async () => {
    const doctor = await signIn(world.wire, emailOf('DOCTOR', 'north'));
    const absent = { ...absentTarget(), clinicId: planted.own.clinicId };
    for (const path of [
      `/api/v1/patients/${absent.patientId}`,
      `/api/v1/medical-records/${absent.recordId}`,
    ]) {
      const { entries } = await withEntries(world.running.platform, () =>
        world.wire.send({ method: 'GET', path, headers: [doctor.header] }),
      );
      const asked = { outcome: 'not-found', resource_id: path.split('/').at(-1), actor_id: doctor.accountId };
      expect(entries).toEqual([expect.objectContaining(asked)]);
    }
  });
});

describe('a refusal', () => {
  it('of somebody unknown has one entry, on every route that is closed', async () => {
    for (const endpoint of endpoints.filter(({ entry }) => entry !== 'public')) {
      const { result, entries } = await withEntries(world.running.platform, () => ask(endpoint, planted.own));
      expect(entries).toEqual([
        refusal(endpoint, String(result.body.code), { actor_id: null, actor_role: 'ANONYMOUS' }),
      ]);
    }
  });

  it('of somebody without the permission has one entry in the clinic, on every route', async () => {
    for (const endpoint of endpoints.filter(({ clinicScoped }) => clinicScoped)) {
      const role = ROLES.find(
        (each) => each !== 'SUPER_ADMIN' && each !== 'PATIENT' && !isAllowed(endpoint, each),
      );
      if (role === undefined || role === 'SUPER_ADMIN') continue;
      const person = await signIn(world.wire, emailOf(role, 'north'));
      const { result, entries } = await withEntries(world.running.platform, () =>
        ask(endpoint, planted.own, person),
      );
      expect(result.status, nameOf(endpoint)).toBe(403);
      const where = { actor_id: person.accountId, clinic_id: planted.own.clinicId };
      expect(entries).toEqual([refusal(endpoint, 'authorization-refused', where)]);
    }
  });

  it('of a clinic that is not one’s own has one entry, which the other clinic does not see', async () => {
    const doctor = await signIn(world.wire, emailOf('DOCTOR', 'north'));
    for (const endpoint of endpoints.filter(({ clinicScoped }) => clinicScoped)) {
      const { entries } = await withEntries(world.running.platform, () =>
        ask(endpoint, planted.foreign, doctor),
      );
      expect(entries).toEqual([
        refusal(endpoint, 'clinic-not-found', { actor_id: doctor.accountId, clinic_id: null }),
      ]);
    }
  });

  it('at sign-in and refresh has its entry', async () => {
    for (const [path, body] of [
      ['/api/v1/auth/sign-in', { email: emailOf('DOCTOR', 'north'), password: 'wrong' }],
      ['/api/v1/auth/refresh', { refreshToken: 'wrong' }],
      [
        '/api/v1/setup',
        { code: 'x', email: 'a@example.org', password: 'a password nobody has', displayName: 'A' },
      ],
    ] as const) {
      const { entries } = await withEntries(world.running.platform, () =>
        world.wire.send({ method: 'POST', path, headers: [], body }),
      );
      expect(entries.at(-1)).toMatchObject({
        action: 'request.refused',
        outcome: 'refused',
        resource_id: `POST ${path}`,
      });
      expect(entries).toHaveLength(path === '/api/v1/auth/sign-in' ? 2 : 1);
    }
  });

  it('at sign-in names the account that somebody tried to open, beside the entry of the request', async () => {
    const doctor = await signIn(world.wire, emailOf('DOCTOR', 'north'));
    const { entries } = await withEntries(world.running.platform, () =>
      attempt(world.wire, emailOf('DOCTOR', 'north'), 'wrong'),
    );
    expect(entries[0]).toMatchObject({
      action: 'sign-in.password',
      outcome: 'failed',
      resource_type: 'account',
      resource_id: doctor.accountId,
      actor_id: null,
    });
  });
});

function refusal(endpoint: Endpoint, reason: string, who: object) {
  const what = { action: 'request.refused', outcome: 'refused', resource_id: nameOf(endpoint), reason };
  return expect.objectContaining({ ...what, ...who });
}

function isAllowed({ permissions }: Endpoint, role: Role): boolean {
  return permissions.some((permission) => grantedScope(role, permission) !== undefined);
}

async function somebodyAllowed(endpoint: Endpoint): Promise<SignedIn> {
  const role = ROLES.find((each) => each !== 'SUPER_ADMIN' && isAllowed(endpoint, each));
  if (role === undefined || role === 'SUPER_ADMIN')
    throw new Error(`${nameOf(endpoint)} is open to nobody in a clinic`);
  return signIn(world.wire, role === 'PATIENT' ? planted.own.personEmail : emailOf(role, 'north'));
}
