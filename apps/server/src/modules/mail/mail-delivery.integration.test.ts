import { chmod, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { testIdentityContext } from '../../../test-harness/contexts.ts';
import {
  createTestEnvironment,
  spawnTestServer,
  startSmtpServer,
  startTestServer,
  TEST_PASSWORD,
  TestClient,
  type TestEnvironment,
  TestMailbox,
} from '../../../test-harness/index.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const ROOT = { email: 'root@example.org', password: TEST_PASSWORD, displayName: 'Root' };
const FROM = { CAREWARD_MAIL_FROM: 'careward@clinic.example' };

/** Makes the administrator and a clinic, and invites somebody: one mail. */
async function inviteSomebody(nobody: TestClient, code: string, email = 'somebody@example.org') {
  await nobody.post('/api/v1/setup', { code, ...ROOT });
  const administrator = await nobody.signIn(ROOT.email, ROOT.password);
  const clinic = await administrator.post<{ id: string }>('/api/v1/clinics', { name: 'Nord' });
  const { id } = clinic.body;
  return administrator.at(id).post('/api/v1/users/invitations', { email, roles: ['NURSE'] });
}

async function startSmtp(decide: () => 'take' | 'refuse' | 'hang' = () => 'take') {
  const smtp = await startSmtpServer({ decide });
  cleanups.push(smtp.stop);
  return smtp;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 40_000; waited += 20) {
    if (await condition()) return;
    await delay(20);
  }
  throw new Error('it did not come to be');
}

describe('mail by SMTP', () => {
  it('arrives as plain text from the configured address, at one recipient', async () => {
    const smtp = await startSmtp();
    const server = await startTestServer({ CAREWARD_SMTP_URL: smtp.url, ...FROM });
    cleanups.push(server.stop);
    const sent = await inviteSomebody(server.nobody, server.running.setupCode?.reveal() ?? '');
    expect(sent.status).toBe(201);
    const invitation = () => smtp.mails.find(({ to }) => to.includes('somebody@example.org'));
    await until(() => invitation() !== undefined);
    const mail = invitation();
    expect(mail?.from).toBe('careward@clinic.example');
    expect(mail?.to).toEqual(['somebody@example.org']);
    const [head = ''] = mail?.raw.split('\r\n\r\n') ?? [];
    expect(head).toMatch(/^Subject: You are invited to a clinic on Careward$/m);
    expect(head).toMatch(/^Content-Type: text\/plain; charset=utf-8$/m);
    expect(head).toMatch(/^Message-ID: <[0-9a-f-]{36}@clinic\.example>$/m);
    expect(head).toMatch(/^Auto-Submitted: auto-generated$/m);
    expect(head).not.toMatch(/^(?:Bcc|Cc|X-Mailer):/im);
    await until(async () => (await outbox(server.running)) === 0);
  });

  it('is kept while the other side takes none, counted as degraded and not as down, and sent later', async () => {
    let isRefusing = true;
    let refused = 0;
    const smtp = await startSmtp(() => {
      if (isRefusing) refused += 1;
      return isRefusing ? 'refuse' : 'take';
    });
    const server = await startTestServer({ CAREWARD_SMTP_URL: smtp.url, ...FROM });
    cleanups.push(server.stop);
    const sent = await inviteSomebody(server.nobody, server.running.setupCode?.reveal() ?? '');
    expect(sent.status).toBe(201);
    await until(() => refused > 0);
    const { delivery } = server.running.platform.mail;
    await delivery.stop();
    expect(smtp.mails).toEqual([]);
    expect(await outbox(server.running)).toBeGreaterThan(0);
    isRefusing = false;
    await dueNow(server.running);
    delivery.start();
    await until(async () => (await outbox(server.running)) === 0);
    expect(smtp.mails.filter(({ to }) => to.includes('somebody@example.org'))).toHaveLength(1);
  });

  it('that cannot be sent makes the server degraded and not less ready', async () => {
    const smtp = await startSmtpServer();
    await smtp.stop();
    const server = await startTestServer({ CAREWARD_SMTP_URL: smtp.url, ...FROM });
    cleanups.push(server.stop);
    const { status, body } = await server.nobody.get('/health/ready');
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'degraded', dependencies: { mail: { state: 'degraded' } } });
  });
});

describe('mail in files', () => {
  it('is readable by this account only, and its name tells nobody’s address', async () => {
    const server = await startTestServer();
    cleanups.push(server.stop);
    await inviteSomebody(server.nobody, server.running.setupCode?.reveal() ?? '');
    await server.mailbox.code('somebody@example.org');
    const folder = join(server.environment.home, 'mail');
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const names = await readdir(folder);
    for (const name of names) {
      expect(name).toMatch(/^[0-9a-f-]{36}\.txt$/);
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    }
    const { body } = await server.nobody.get('/health/ready');
    expect(body).toMatchObject({ dependencies: { mail: { state: 'up' } } });
  });

  it('says degraded when the folder cannot be used', async () => {
    const server = await startTestServer();
    cleanups.push(server.stop);
    await inviteSomebody(server.nobody, server.running.setupCode?.reveal() ?? '');
    await server.mailbox.code('somebody@example.org');
    await chmod(join(server.environment.home, 'mail'), 0o755);
    const { body } = await server.nobody.get('/health/ready');
    expect(body).toMatchObject({ dependencies: { mail: { state: 'degraded' } } });
  });
});

describe('a kill between the commit and the delivery', () => {
  it('loses no mail: the next process sends it', async () => {
    let held = 0;
    const smtp = await startSmtp(() => {
      held += 1;
      return 'hang';
    });
    const environment = await createTestEnvironment();
    cleanups.push(environment.remove);
    const variables = { ...environment.variables, CAREWARD_SMTP_URL: smtp.url, ...FROM };
    const first = await spawnTestServer({ ...environment, variables } as TestEnvironment);
    const nobody = await TestClient.of(first);
    expect((await inviteSomebody(nobody, first.setupCode ?? '')).status).toBe(201);
    nobody.close();
    // The mail is in the hands of the process and of nobody else.
    await until(() => held > 0);
    await first.kill();
    expect(smtp.mails).toEqual([]);
    const second = await spawnTestServer(environment);
    cleanups.push(() => second.kill());
    const code = await new TestMailbox(environment.home).code('somebody@example.org');
    const again = await TestClient.of(second);
    const account = { code, displayName: 'Somebody', password: TEST_PASSWORD };
    expect((await again.post('/api/v1/invitations/accept', account)).status).toBe(201);
    again.close();
    const folder = join(environment.home, 'mail');
    for (const name of await readdir(folder)) {
      expect(await readFile(join(folder, name), 'utf8')).toMatch(/^To: \S+\nSubject: /);
    }
  }, 120_000);
});

type Running = Awaited<ReturnType<typeof startTestServer>>['running'];

const identityOf = ({ platform }: Running) => platform.database.forIdentity(testIdentityContext());

async function outbox(running: Running): Promise<number> {
  return (await rows(running)).length;
}

async function rows(running: Running) {
  const identity = identityOf(running);
  return identity.run(identity.build.selectFrom('mail_outbox').select('attempts'));
}

async function dueNow(running: Running): Promise<void> {
  const identity = identityOf(running);
  await identity.run(identity.build.updateTable('mail_outbox').set({ next_attempt_at: new Date(0) }));
}
