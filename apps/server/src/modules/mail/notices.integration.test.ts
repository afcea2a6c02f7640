import { afterAll, beforeAll, expect, it } from 'vitest';
import { TEST_PASSWORD } from '../../../test-harness/index.ts';
import { linkIdentity, type OpenidWorld, openOpenidWorld } from '../../../test-harness/openid-world.ts';

const EMAIL = 'told@example.org';
const MOVED = 'moved@example.org';
const NEW_PASSWORD = 'quite another long password';

let world: OpenidWorld;
beforeAll(async () => {
  world = await openOpenidWorld({ CAREWARD_SESSIONS_PER_ACCOUNT: '1' });
});
afterAll(() => world.stop());

/** The notice comes, to this address, and nobody could do anything with it. */
async function told(subject: string): Promise<void> {
  const mail = await world.mailbox.about(EMAIL, subject);
  expect([mail.code, mail.text]).toEqual([undefined, expect.stringContaining('If it was not you')]);
}

it('a person is told by mail of everything that changes who can be them', async () => {
  let self = await world.person(EMAIL);
  await told('Sign-in from a new device');

  const identity = { subject: 'told', email: EMAIL, isEmailVerified: true };
  expect((await linkIdentity(self, 'blue', world.blue, identity)).status).toBe(204);
  await told('A way to sign in was added');
  expect((await self.call('DELETE', '/api/v1/users/me/identities/blue')).status).toBe(204);
  await told('A way to sign in was removed');

  self = await world.nobody.signIn(EMAIL, TEST_PASSWORD);
  await told('Your oldest session was ended');

  const me = await self.get<{ account: { id: string }; memberships: { clinicId: string }[] }>(
    '/api/v1/users/me',
  );
  const { account, memberships } = me.body;
  const at = world.administrator.at(memberships[0]?.clinicId ?? '');
  expect((await at.call('DELETE', `/api/v1/users/${account.id}/factors`)).status).toBe(204);
  await told('A way to sign in was removed');

  self = await world.nobody.signIn(EMAIL, TEST_PASSWORD);
  const passwords = { currentPassword: TEST_PASSWORD, newPassword: NEW_PASSWORD };
  expect((await self.call('PUT', '/api/v1/auth/password', passwords)).status).toBeLessThan(300);
  await told('Your password was changed');

  self = await world.nobody.signIn(EMAIL, NEW_PASSWORD);
  expect((await self.call('PUT', '/api/v1/users/me/email', { email: MOVED })).status).toBe(202);
  const code = await world.mailbox.code(MOVED);
  expect((await self.post('/api/v1/users/me/email/confirm', { code })).status).toBe(204);
  await told('Your e-mail address was changed');
});
