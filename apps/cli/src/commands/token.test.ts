import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Questioner } from '../ask.ts';
import { runCommandLine } from '../command-line.ts';
import { loadServer } from '../load-server.ts';
import { inspectToken } from './token-inspect.ts';

let folder: string;
let home: string;
let token: string;
let keys: string;
const environment = () => ({ CAREWARD_HOME: home, CAREWARD_LOG_LEVEL: 'silent' });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'careward-token-'));
  home = join(folder, 'home');
  const { loadConfiguration, openPlatform } = await loadServer();
  const platform = await openPlatform(loadConfiguration(environment()));
  const id = '00000000-0000-7000-8000-000000000000';
  const subject = { accountId: id, sessionId: id, clinicId: null, keyThumbprint: null };
  token = platform.tokens.issue(subject as Parameters<typeof platform.tokens.issue>[0]).token;
  keys = JSON.stringify(platform.tokenKeysService.keySet());
  await platform.close();
  await writeFile(join(folder, 'token'), `Bearer ${token}\n`, { mode: 0o600 });
  await writeFile(join(folder, 'keys.json'), keys);
});
afterAll(() => rm(folder, { recursive: true }));

async function run(args: readonly string[], more?: Questioner) {
  const out: string[] = [];
  const terminal = {
    environment: environment(),
    out: (line: string) => out.push(line),
    note: (line: string) => out.push(line),
    outIsTty: false,
    noteIsTty: false,
  };
  const code = more ? await inspectToken('-', {}, terminal, more) : await runCommandLine(args, terminal);
  return { code, out: out.join('\n') };
}

test('a genuine token passes every check, by the database and by a key set, and is not printed', async () => {
  for (const args of [[], ['--keys', join(folder, 'keys.json')]]) {
    const { code, out } = await run(['token', 'inspect', join(folder, 'token'), ...args]);
    expect(out).toMatch(/^PASSES/);
    expect(code).toBe(0);
    for (const part of token.split('.')) expect(out).not.toContain(part);
  }
});

test('one from a pipe that was changed does not pass, and is not printed either', async () => {
  const changed = `${token.slice(0, -10)}AAAAAAAAAA`;
  const piped = {
    interactive: false,
    ask: async () => '',
    askHidden: async () => '',
    readLine: async () => changed,
  };
  const { code, out } = await run([], piped);
  expect([code, out.split('\n')[0]]).toEqual([5, expect.stringMatching(/^DOES NOT PASS/)]);
  expect(out).toMatch(/signature +fails/);
  for (const part of changed.split('.')) expect(out).not.toContain(part);
});

test('a file that is no key set is refused', async () => {
  const { code, out } = await run([
    'token',
    'inspect',
    join(folder, 'token'),
    '--keys',
    join(folder, 'token'),
  ]);
  expect([code, out]).toEqual([1, expect.stringContaining('[operator-key-set-malformed]')]);
});

test('a rotation is told, once; a withdrawal ends what was signed before', async () => {
  const first = await run(['token', 'rotate']);
  expect([first.code, first.out]).toEqual([0, expect.stringMatching(/^[\w-]{43} signs from \d{4}-/)]);
  expect((await run(['token', 'rotate'])).out).toContain('on its way already');
  expect((await run(['token', 'inspect', join(folder, 'token')])).code).toBe(0);
  expect((await run(['token', 'rotate', '--now'])).code).toBe(0);
  const { code, out } = await run(['token', 'inspect', join(folder, 'token')]);
  expect([code, out]).toEqual([5, expect.stringMatching(/key +fails/)]);
});
