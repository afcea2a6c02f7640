// The attacker finds a fresh server before its operator does, or reads the set-up code over the operator's shoulder. Without the code
// nothing is made; with it, of any number of attempts at once one makes an administrator; and when there is one, neither that
// code, nor an older one, nor a new start makes another.
import { afterEach, expect, it } from 'vitest';
import { loadConfiguration } from '../../apps/server/src/config/index.ts';
import { startServer } from '../../apps/server/src/server.ts';
import { startTestServer, TestClient, type TestServer } from '../../apps/server/test-harness/index.ts';

let server: TestServer;
afterEach(() => server.stop());

const request = (code: string, n: number) => ({
  code,
  email: `first${n}@example.org`,
  password: 'correct horse battery staple',
  displayName: `First ${n}`,
});
const setUp = (code: string, n: number) =>
  server.nobody.post<{ code: string; accountId: string }>('/api/v1/setup', request(code, n));
const canSignIn = async (n: number) => {
  const { email, password } = request('', n);
  return (await server.nobody.post('/api/v1/auth/sign-in', { email, password })).status === 200;
};

it('without the code nobody becomes administrator', async () => {
  server = await startTestServer();
  const code = server.running.setupCode?.reveal() ?? '';
  for (const guess of ['', 'x', code.toLowerCase(), `${code} `, code.slice(1), `${code}\u0000`]) {
    expect([400, 403]).toContain((await setUp(guess, 1)).status);
  }
  expect(await canSignIn(1)).toBe(false);
});

it('of ten attempts at once with the code, one makes an administrator', async () => {
  server = await startTestServer();
  const code = server.running.setupCode?.reveal() ?? '';
  const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => setUp(code, n)));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  for (const { status, body } of answers.filter((answer) => answer.status !== 201)) {
    expect([status, body.code]).toEqual([403, 'setup-refused']);
  }
  const made = await Promise.all(Array.from({ length: 10 }, (_, n) => canSignIn(n)));
  expect(made.filter(Boolean)).toHaveLength(1);
  expect((await setUp(code, 11)).status).toBe(403);
});

it('a new start voids the code before it, and gives none when there is an administrator', async () => {
  server = await startTestServer();
  const old = server.running.setupCode?.reveal() ?? '';
  server = await restarted(server);
  expect((await setUp(old, 1)).status).toBe(403);
  expect((await setUp(server.running.setupCode?.reveal() ?? '', 2)).status).toBe(201);
  server = await restarted(server);
  expect(server.running.setupCode).toBeUndefined();
  expect((await setUp(old, 3)).status).toBe(403);
});

async function restarted({ running, nobody, environment, mailbox }: TestServer): Promise<TestServer> {
  nobody.close();
  await running.stop();
  const next = await startServer(loadConfiguration(environment.variables));
  const client = await TestClient.of(next);
  const stop = async () => {
    client.close();
    await next.stop();
    await environment.remove();
  };
  return { running: next, environment, nobody: client, mailbox, stop };
}
