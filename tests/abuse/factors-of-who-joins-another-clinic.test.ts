// The attacker administers a clinic and takes a member's second factors away, which they may while the member belongs to this clinic
// alone. At that moment the member joins another clinic, whose data those factors protect as well: they have to stay.
import { generateSync } from 'otplib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { afterNext } from '../../apps/server/test-harness/after-next.ts';
import { startTwoClinics, TEST_PASSWORD } from '../../apps/server/test-harness/index.ts';

const EMAIL = 'nurse@north.example.org';

let server: Awaited<ReturnType<typeof startTwoClinics>>;
beforeAll(async () => {
  server = await startTwoClinics();
});
afterAll(() => server.stop());

it('who joins another clinic while the first one takes their factors keeps them', async () => {
  const { north, south } = server.world;
  const member = await server.nobody.signIn(EMAIL, TEST_PASSWORD);
  const me = await member.get<{ account: { id: string } }>('/api/v1/users/me');
  const begun = await member.post<{ secret: string }>('/api/v1/users/me/factors/totp', {});
  const code = generateSync({ secret: begun.body.secret });
  expect((await member.post('/api/v1/users/me/factors/totp/confirm', { code })).status).toBe(200);
  await south.staff.CLINIC_ADMIN.post('/api/v1/users/invitations', { email: EMAIL, roles: ['NURSE'] });
  const invitation = await server.mailbox.code(EMAIL);
  const joined = afterNext(server.running.platform.stores.identity, 'beginChange', () =>
    member.post('/api/v1/invitations/accept-signed-in', { code: invitation }),
  );
  const path = `/api/v1/users/${me.body.account.id}/factors`;
  const removal = await north.staff.CLINIC_ADMIN.call('DELETE', path);
  expect((await joined).status).toBe(204);
  expect([removal.status, removal.body.code]).toEqual([403, 'second-factor-removal-refused']);
  const { body } = await member.get('/api/v1/users/me/factors');
  expect(body).toMatchObject({ totp: { confirmedAt: expect.any(String) }, recoveryCodesLeft: 10 });
});
