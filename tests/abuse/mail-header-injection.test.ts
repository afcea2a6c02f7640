// The attacker writes line breaks, further addresses and headers into the address that a mail goes to, so that a code for somebody else's
// account is sent to the attacker too. No such address passes the API, and none passes the transport, whoever let it in.
import { newId, Secret } from '@careward/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SmtpTransport } from '../../apps/server/src/connections/mail/smtp-transport.ts';
import { startSmtpServer, startTwoClinics, TEST_PASSWORD } from '../../apps/server/test-harness/index.ts';

const ATTACKER = 'attacker@example.com';
const ADDRESSES = [
  `victim@example.org\r\nBcc: ${ATTACKER}`,
  `victim@example.org\nBcc: ${ATTACKER}`,
  `victim@example.org\r\n\r\n<a href="https://attacker.example.com">`,
  `victim@example.org, ${ATTACKER}`,
  `victim@example.org ${ATTACKER}`,
  `victim@example.org;${ATTACKER}`,
  `Victim <${ATTACKER}>`,
  `"${ATTACKER}"@example.org`,
  `${ATTACKER}(victim@example.org)`,
  `victim@example.org>\r\nRCPT TO:<${ATTACKER}`,
  `victim@example.org\u0000${ATTACKER}`,
  `victim@example.org\u2028Bcc: ${ATTACKER}`,
];

let server: Awaited<ReturnType<typeof startTwoClinics>>;
let smtp: Awaited<ReturnType<typeof startSmtpServer>>;
beforeAll(async () => {
  server = await startTwoClinics();
  smtp = await startSmtpServer();
  const { north } = server.world;
  await north.staff.CLINIC_ADMIN.call('PATCH', `/api/v1/clinics/${north.id}/settings`, {
    selfRegistration: true,
  });
});
afterAll(async () => {
  await smtp.stop();
  await server.stop();
});

describe.each(ADDRESSES.map((address) => [JSON.stringify(address), address] as const))(
  '%s',
  (_name, email) => {
    it('is no address to the API, on any way that ends in a mail', async () => {
      const { north } = server.world;
      const registration = { clinicId: north.id, email };
      const answers = await Promise.all([
        server.nobody.post('/api/v1/auth/password-reset', { email }),
        server.nobody.post('/api/v1/registrations', registration),
        north.staff.CLINIC_ADMIN.post('/api/v1/users/invitations', { email, roles: ['NURSE'] }),
        north.staff.NURSE.call('PUT', '/api/v1/users/me/email', { email }),
      ]);
      expect(answers.map(({ status, body }) => [status, body.code])).toEqual(
        answers.map(() => [400, 'request-invalid']),
      );
      expect(await server.mailbox.all(ATTACKER)).toEqual([]);
    });

    it('is no address to the transport either: nothing leaves', async () => {
      const transport = new SmtpTransport(Secret.of(smtp.url), 'careward@clinic.example');
      const mail = { id: newId(), recipient: email, subject: 'Choose a new password', text: 'the code' };
      await expect(transport.send(mail)).rejects.toMatchObject({ code: 'mail-address-refused' });
      transport.close();
      expect(smtp.mails).toEqual([]);
    });
  },
);

it('a name that somebody gives themselves stands in no mail', async () => {
  const { nobody, mailbox, world } = server;
  const email = 'ann@example.org';
  await nobody.post('/api/v1/registrations', { clinicId: world.north.id, email });
  const mail = await mailbox.next(email);
  const named = { displayName: 'Ann https://attacker.example.com/', password: TEST_PASSWORD };
  await nobody.post('/api/v1/registrations/verify', { code: mail.code, ...named });
  await nobody.post('/api/v1/auth/password-reset', { email });
  const next = await mailbox.about(email, 'Choose a new password');
  expect(mail.text + mail.subject + next.text + next.subject).not.toContain('attacker');
});
