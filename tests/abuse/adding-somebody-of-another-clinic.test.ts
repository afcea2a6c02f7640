// The attacker administers one clinic and invites a person of another, and accepts with a password and a name of the attacker's
// choosing, to take over the account or to reach what the person reaches. Only the person lets a clinic in, and keeps password, name
// and roles elsewhere; the attacker's clinic gets a member of its own and nothing of the other clinic.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWorld, type World } from '../e2e/world/open-world.ts';
import { attempt, emailOf, signIn } from '../e2e/world/people.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const email = emailOf('DOCTOR', 'south');
const CHOSEN = 'chosen by the attacker!';

it('a person who joins a clinic keeps password, name and rights, and brings none along', async () => {
  const { north, south } = world.world;
  const invited = { email, roles: ['NURSE'] };
  expect((await north.staff.CLINIC_ADMIN.post('/api/v1/users/invitations', invited)).status).toBe(201);
  const code = await world.mailbox.code(email);
  const account = { code, displayName: 'Attacker', password: CHOSEN };
  const taken = await world.nobody.post('/api/v1/invitations/accept', account);
  expect([taken.status, taken.body.code]).toEqual([409, 'invitation-for-account']);
  const accepted = await south.staff.DOCTOR.post('/api/v1/invitations/accept-signed-in', { code });
  expect(accepted.status).toBe(204);
  expect((await attempt(world.wire, email, CHOSEN)).status).toBe(401);
  const { header } = await signIn(world.wire, email);
  const me = await world.wire.send({ method: 'GET', path: '/api/v1/users/me', headers: [header] });
  expect(me.body).toMatchObject({
    account: { email, displayName: 'DOCTOR of south' },
    memberships: expect.arrayContaining([
      expect.objectContaining({ clinicId: north.id, roles: ['NURSE'] }),
      expect.objectContaining({ clinicId: south.id, roles: ['DOCTOR'] }),
    ]),
  });
  const correction = {
    method: 'PUT',
    path: `/api/v1/medical-records/${north.recordIds[0]}`,
    body: { diagnosis: 'x', treatment: 'y', reason: 'z' },
  };
  const inNorth = await world.wire.send({
    ...correction,
    headers: [header, ['x-clinic-id', north.id], ['if-match', '"1"']],
  });
  expect([inNorth.status, inNorth.body.code]).toEqual([403, 'authorization-refused']);
});

it('and nobody administers a clinic by administering another', async () => {
  const { north, south } = world.world;
  const invited = { email: 'new@example.org', roles: ['CLINIC_ADMIN'] };
  const path = '/api/v1/users/invitations';
  const answer = await north.staff.CLINIC_ADMIN.with({ 'x-clinic-id': south.id }).post(path, invited);
  expect([answer.status, answer.body.code]).toEqual([404, 'clinic-not-found']);
  const lifted = await north.staff.CLINIC_ADMIN.post(path, { ...invited, roles: ['SUPER_ADMIN'] });
  expect([lifted.status, lifted.body.code]).toEqual([400, 'request-invalid']);
  expect(await world.mailbox.all(invited.email)).toEqual([]);
});
