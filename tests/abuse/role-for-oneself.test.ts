// The attacker administers a clinic, or the platform, and may read no patient. They give themselves the role that may.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TEST_PASSWORD } from '../../apps/server/test-harness/index.ts';
import { openWorld, type World } from '../e2e/world/open-world.ts';
import { emailOf } from '../e2e/world/people.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

it('nobody who administers gives a role to themselves, however the address is written', async () => {
  const { north, administrator } = world.world;
  const attempts = [
    [north.staff.CLINIC_ADMIN, emailOf('CLINIC_ADMIN', 'north')],
    [north.staff.CLINIC_ADMIN, emailOf('CLINIC_ADMIN', 'north').toUpperCase()],
    [administrator.at(north.id), 'root@example.org'],
    [administrator.at(north.id), 'ｒoot@example.org'],
    [administrator.at(north.id), 'ROOT@EXAMPLE.ORG'],
  ] as const;
  for (const [client, email] of attempts) {
    const { status, body } = await client.post('/api/v1/users/invitations', { email, roles: ['DOCTOR'] });
    expect([status, body.code]).toEqual([403, 'role-for-oneself']);
  }
  const again = (await world.nobody.signIn('root@example.org', TEST_PASSWORD)).at(north.id);
  expect((await again.get(`/api/v1/medical-records/${north.recordIds[0]}`)).status).toBe(403);
});
