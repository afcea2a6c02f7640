// The attacker has a session of the victim and knows the password, and is replacing it. While their request is being worked on, the
// victim chooses a new password by a link from the mail. What the attacker proved is no longer the password: theirs must not take the
// place of the victim's.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { afterNext } from '../../apps/server/test-harness/after-next.ts';
import { startTwoClinics, TEST_PASSWORD } from '../../apps/server/test-harness/index.ts';

const OF_THE_VICTIM = 'quite another long password';
const OF_THE_ATTACKER = 'a password that nobody else has';

let server: Awaited<ReturnType<typeof startTwoClinics>>;
beforeAll(async () => {
  server = await startTwoClinics();
});
afterAll(() => server.stop());

it.each([
  ['present one was just found right', 'matches', 'nurse@north.example.org'],
  ['new one was just hashed', 'hash', 'doctor@north.example.org'],
] as const)('a change of the password whose %s does not undo a reset', async (_, step, email) => {
  const stolen = await server.nobody.signIn(email, TEST_PASSWORD);
  await server.nobody.post('/api/v1/auth/password-reset', { email });
  const code = await server.mailbox.code(email);
  const confirmed = afterNext(server.running.platform.passwords, step, () =>
    server.nobody.post('/api/v1/auth/password-reset/confirm', { code, newPassword: OF_THE_VICTIM }),
  );
  const entriesBefore = await changesRecorded();
  const change = { currentPassword: TEST_PASSWORD, newPassword: OF_THE_ATTACKER };
  const answer = await stolen.call('PUT', '/api/v1/auth/password', change);
  expect((await confirmed).status).toBe(204);
  expect([answer.status, answer.body.code]).toEqual([401, 'authentication-failed']);
  await expect(server.nobody.signIn(email, OF_THE_ATTACKER)).rejects.toThrow('401');
  const victim = await server.nobody.signIn(email, OF_THE_VICTIM);
  expect((await victim.get('/api/v1/users/me')).status).toBe(200);
  expect(await changesRecorded()).toBe(entriesBefore);
});

/** The entries that say that a password was changed. */
async function changesRecorded(): Promise<number> {
  const sequencer = server.running.platform.database.forSequencer();
  const rows = await sequencer.run(
    sequencer.build.selectFrom('audit_entry').select('id').where('action', '=', 'password.change'),
  );
  return rows.length;
}
