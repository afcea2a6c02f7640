import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommandLine } from './command-line.ts';
import type { Environment } from './terminal.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'careward-cli-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function run(args: readonly string[], environment: Environment = {}) {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runCommandLine(args, {
    environment,
    out: (line) => out.push(line),
    note: (line) => notes.push(line),
    outIsTty: false,
    noteIsTty: false,
  });
  return { code, out: out.join('\n'), notes: notes.join('\n') };
}

describe('what is not understood exits with 2', () => {
  test.each([
    [[]],
    [['nonsense']],
    [['serve', '--nonsense']],
    [['import']],
    [['keys', 'create']],
    [['ledger', 'verify', '--proof', 'x']],
  ])('%j', async (args) => {
    const { code, out, notes } = await run(args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(notes).not.toBe('');
  });
});

test('help exits with 0 and documents every exit code', async () => {
  const { code, out } = await run(['--help']);
  expect(code).toBe(0);
  for (const exitCode of ['0 ', '1 ', '2 ', '3 ', '4 ', '5 ', '130'])
    expect(out).toMatch(new RegExp(`^ {2}${exitCode}`, 'm'));
});

test('every fault of the configuration is listed at once, by every command that reads it, and no value is shown', async () => {
  const faulty = { CAREWARD_PORT: 'hunter2', CAREWARD_HOEM: '/x', CAREWARD_LOG_FORMAT: 'loud' };
  for (const args of [
    ['config', 'check'],
    ['serve'],
    ['import', 'x'],
    ['ledger', 'verify'],
    ['ledger', 'key'],
  ]) {
    const { code, notes } = await run(args, faulty);
    expect(code, args.join(' ')).toBe(1);
    for (const name of Object.keys(faulty)) expect(notes).toContain(name);
    expect(notes).not.toContain('hunter2');
    expect(notes).not.toMatch(/\n {4}at /);
  }
});

test('a configuration without faults is told', async () => {
  const { code, out } = await run(['config', 'check'], { CAREWARD_HOME: folder });
  expect(code).toBe(0);
  expect(out).toContain(folder);
});

test('a file that cannot be read stops the import before anything is opened', async () => {
  const home = join(folder, 'home');
  const { code, notes } = await run(['import', join(folder, 'absent.json')], { CAREWARD_HOME: home });
  expect(code).toBe(1);
  expect(notes).toContain('[cli-file-unreadable]');
  await expect(stat(home)).rejects.toMatchObject({ code: 'ENOENT' });
});

describe('keys create', () => {
  const names = ['ledger-key.json', 'region-key.json'];

  test('makes the keys of the operator that only this account can read', async () => {
    const keys = join(folder, 'keys');
    const { code, out } = await run(['keys', 'create', keys, '--region', 'eu-1']);
    expect(code).toBe(0);
    expect((await readdir(keys)).sort()).toEqual(names);
    for (const name of names) {
      expect((await stat(join(keys, name))).mode & 0o777).toBe(0o600);
      expect(out).toContain(join(keys, name));
    }
    expect((await stat(keys)).mode & 0o777).toBe(0o700);
    const environment = Object.fromEntries(
      out.split('\n').map((line) => line.split('=') as [string, string]),
    );
    const checked = await run(['ledger', 'key'], {
      ...environment,
      CAREWARD_HOME: folder,
      CAREWARD_REGION: 'eu-1',
    });
    expect(checked.out).toMatch(/^careward\.local\/eu-1\+[0-9a-f]{8}\+/);
  });

  test('replaces none, and makes none when one is there', async () => {
    await writeFile(join(folder, 'ledger-key.json'), 'mine');
    const { code, notes } = await run(['keys', 'create', folder]);
    expect(code).toBe(1);
    expect(notes).toContain('[cli-key-file-exists]');
    expect(await readdir(folder)).toEqual(['ledger-key.json']);
  });

  test('refuses a region that the server would refuse', async () => {
    const { code, notes } = await run(['keys', 'create', folder, '--region', 'Not A Region']);
    expect(code).toBe(1);
    expect(notes).toContain('CAREWARD_REGION');
    expect(await readdir(folder)).toEqual([]);
  });
});
