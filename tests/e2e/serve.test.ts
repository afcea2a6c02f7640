import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'node:tls';
import { expect, test, vi } from 'vitest';
import { readText, signIn } from './https-calls.ts';
import { type Running, runCareward, startCareward } from './run-careward.ts';
import { homeEnvironment, temporaryFolder } from './temporary-folder.ts';

const TIMEOUT_MS = 120_000;
const PASSWORD = 'correct horse battery staple';
const NOBODY = ['--email', 'root@example.org', '--name', 'Root'];

test('the printed command makes the administrator, once; a signal ends the server with 0', {
  timeout: TIMEOUT_MS,
}, async () => {
  const folder = await temporaryFolder();
  const environment = homeEnvironment(folder);
  const server = startCareward(['serve'], { environment });
  const { url, authorityFile, code } = await answering(server);
  const setUp = (...more: string[]) =>
    runCareward(['user', 'setup', '--url', url, '--ca', authorityFile, ...NOBODY, ...more], {
      input: `${PASSWORD}\n`,
    });

  expect(await setUp('--code=wrong')).toMatchObject({
    code: 1,
    notes: expect.stringContaining('[setup-refused]'),
  });
  expect(await setUp(`--code=${code}`)).toMatchObject({
    code: 0,
    out: `root@example.org is the administrator. Sign in with a browser at ${url}/sign-in\n`,
  });
  expect(await setUp(`--code=${code}`)).toMatchObject({
    code: 1,
    notes: expect.stringContaining('[setup-refused]'),
  });
  expect(await signIn({ url, authorityFile, email: 'root@example.org', password: PASSWORD })).toBe(
    'authentication-key-required',
  );

  const checkpoint = join(folder, 'checkpoint.txt');
  const published = { url, authorityFile, path: '/api/v1/ledger/checkpoint' };
  await writeFile(checkpoint, await vi.waitFor(() => readText(published), { timeout: 20_000 }));

  server.kill('SIGTERM');
  const { code: exitCode, notes } = await server.ended;
  expect(exitCode).toBe(0);
  expect(notes).toContain('Stopped.');
  expect(await runCareward(['ledger', 'verify', '--checkpoint', checkpoint], { environment })).toMatchObject({
    code: 0,
    out: expect.stringContaining('WHOLE'),
  });

  // A log that was begun anew is whole in itself: only what was kept elsewhere tells.
  const anew = homeEnvironment(await temporaryFolder());
  expect(
    await runCareward(['ledger', 'verify', '--checkpoint', checkpoint], { environment: anew }),
  ).toMatchObject({
    code: 4,
    out: expect.stringContaining('bad-signature'),
  });
});

test('a password is never sent to a server whose authority is another one', {
  timeout: TIMEOUT_MS,
}, async () => {
  const server = startCareward(['serve'], { environment: homeEnvironment(await temporaryFolder()) });
  const { url, code } = await answering(server);
  const other = homeEnvironment(await temporaryFolder());
  await runCareward(['ledger', 'key'], { environment: other });
  const strange = join(other.CAREWARD_HOME ?? '', 'tls/authority.crt');
  const refused = await runCareward(
    ['user', 'setup', '--url', url, '--ca', strange, `--code=${code}`, ...NOBODY],
    {
      input: `${PASSWORD}\n`,
    },
  );
  expect(refused).toMatchObject({ code: 1, notes: expect.stringContaining('[cli-server-not-trusted]') });
  server.kill('SIGTERM');
  const { out } = await server.ended;
  expect(out).not.toContain('/api/v1/setup');
});

test('a request in work keeps the server until it is answered; a second signal does not wait', {
  timeout: TIMEOUT_MS,
}, async () => {
  const server = startCareward(['serve'], { environment: homeEnvironment(await temporaryFolder()) });
  const { url, authorityFile } = await answering(server);
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), ca: await readFile(authorityFile) });
  socket.on('error', () => undefined);
  socket.write(
    'POST /api/v1/auth/sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{',
  );
  await delay(500);
  server.kill('SIGINT');
  await server.waitFor(/Another signal stops at once/);
  await delay(1_000);
  server.kill('SIGINT');
  expect(await server.ended).toMatchObject({ code: 130 });
  socket.destroy();
});

test('a port that is taken is named with what to do', { timeout: TIMEOUT_MS }, async () => {
  const first = startCareward(['serve'], { environment: homeEnvironment(await temporaryFolder()) });
  const { url } = await answering(first);
  const environment = { ...homeEnvironment(await temporaryFolder()), CAREWARD_PORT: new URL(url).port };
  const second = await runCareward(['serve'], { environment });
  expect(second.code).toBe(1);
  expect(second.notes).toContain('[cli-address-unavailable]');
  expect(second.notes).toContain('EADDRINUSE');
  first.kill('SIGTERM');
  await first.ended;
});

async function answering(server: Running) {
  const [, url = ''] = await server.waitFor(/Careward answers at (https:\S+)/);
  const [, authorityFile = ''] = await server.waitFor(/trust +(\S+)/);
  const [, code = ''] = await server.waitFor(/user setup .*--code=(\S+)/);
  return { url, authorityFile, code };
}
