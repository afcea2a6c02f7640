// The attacker asks for somebody else's new password and names their own host as the server's. If the link in the mail led there, its
// reader would hand them the code. Links lead to the configured address, whatever the request says.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWorld, type World } from '../e2e/world/open-world.ts';
import { emailOf } from '../e2e/world/people.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const EVIL = 'attacker.example.com';
const POISONS: readonly (readonly (readonly [string, string])[])[] = [
  [['host', EVIL]],
  [['x-forwarded-host', EVIL]],
  [['x-forwarded-server', EVIL]],
  [['x-host', EVIL]],
  [['forwarded', `for=192.0.2.1;host=${EVIL};proto=http`]],
  [['x-original-url', `https://${EVIL}/`]],
  [
    ['origin', `https://${EVIL}`],
    ['referer', `https://${EVIL}/`],
  ],
  [
    ['host', `localhost:8443@${EVIL}`],
    ['x-forwarded-proto', 'http'],
  ],
];

it.each(POISONS.map((headers) => [JSON.stringify(headers), headers] as const))(
  'a link does not follow %s',
  async (_name, headers) => {
    const email = emailOf('NURSE', 'north');
    const body = { email };
    const asked = { method: 'POST', path: '/api/v1/auth/password-reset', headers, body };
    // Answered or refused: what matters is where the link leads, and that one comes when the server is asked honestly.
    await world.wire.send(asked);
    await world.wire.send({ ...asked, headers: [] });
    const mails = [
      await world.mailbox.about(email, 'Choose a new password'),
      ...(await world.mailbox.all(email)),
    ];
    for (const { text, subject } of mails) {
      expect(text + subject).not.toContain(EVIL);
      for (const [link] of text.matchAll(/https?:\S+/g)) {
        expect(link).toMatch(/^https:\/\/localhost:8443\/password-reset#[\w-]{43}$/);
      }
    }
  },
);

it('nor does the link of an invitation', async () => {
  const invited = { email: 'invited@example.org', roles: ['NURSE'] };
  const poisoned = world.world.north.staff.CLINIC_ADMIN.with({ 'x-forwarded-host': EVIL });
  await poisoned.post('/api/v1/users/invitations', invited);
  await world.world.north.staff.CLINIC_ADMIN.post('/api/v1/users/invitations', invited);
  const { text } = await world.mailbox.next(invited.email);
  expect(text).toContain('https://localhost:8443/invitation#');
  expect(text).not.toContain(EVIL);
});
