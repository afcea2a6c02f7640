// The attacker has the password of a patient, for whom one factor is enough, and waits in a session of theirs until the patient is
// employed by the clinic. Rights take effect on the next request; the second factor that those rights ask for must take effect with them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  buildTwoClinics,
  startTestServer,
  TEST_PASSWORD,
  type TestServer,
  type TwoClinics,
} from '../../apps/server/test-harness/index.ts';

let server: TestServer;
let world: TwoClinics;
beforeAll(async () => {
  server = await startTestServer({ CAREWARD_SECOND_FACTOR_ROLES: 'LAB_TECHNICIAN' });
  // Of the people of the world, the technicians alone are stopped on their way in: what they do is not asked for here.
  world = await buildTwoClinics(server, server.running.setupCode?.reveal() ?? '');
});
afterAll(() => server.stop());

it('a role that needs two factors is not used in a session of one', async () => {
  const person = await server.nobody.signIn('person@example.org', TEST_PASSWORD);
  const { body } = await person.get<{ account: { id: string } }>('/api/v1/users/me');
  const admin = await server.nobody.signIn('clinic_admin@north.example.org', TEST_PASSWORD);
  const roles = { roles: ['PATIENT', 'LAB_TECHNICIAN'] };
  const path = `/api/v1/users/${body.account.id}/roles`;
  expect((await admin.at(world.north.id).call('PUT', path, roles)).status).toBe(204);
  const { status, body: refusal } = await person.get<{ code: string }>('/api/v1/users/me');
  expect([status, refusal.code]).toEqual([401, 'authentication-second-factor-needed']);
  const signedIn = await server.nobody.post<{ status: string }>('/api/v1/auth/sign-in', {
    email: 'person@example.org',
    password: TEST_PASSWORD,
  });
  expect(signedIn.body.status).toBe('enrolment-required');
});
