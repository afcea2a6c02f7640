import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDirectory } from './directory-lock.ts';

const MODULE = new URL('./directory-lock.ts', import.meta.url).href;
const HOLD = `import { lockDirectory } from '${MODULE}';
  try { lockDirectory(process.argv[1]); console.log('held'); setInterval(() => undefined, 1000); }
  catch (error) { console.log(error.code); }`;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'careward-lock-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('the directory lock', () => {
  it('is refused to everybody while it is held, with the holder for the operator only', () => {
    const lock = lockDirectory(directory);
    const refused = expect(() => lockDirectory(directory));
    refused.toThrow(
      expect.objectContaining({
        code: 'connections-database-in-use',
        detail: expect.stringContaining(String(process.pid)),
      }),
    );
    refused.toThrow(expect.objectContaining({ message: expect.not.stringContaining(directory) }));
    lock.release();
    lock.release();
    lockDirectory(directory).release();
  });

  it('is free the moment its holder is killed', async () => {
    const holder = start();
    expect(await firstLine(holder)).toBe('held');
    expect(() => lockDirectory(directory)).toThrow(
      expect.objectContaining({ code: 'connections-database-in-use' }),
    );
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    lockDirectory(directory).release();
  });

  it.each([
    ['the number of a process that lives', () => JSON.stringify({ pid: process.ppid, startTicks: '1' })],
    ['this process’s own number', () => JSON.stringify({ pid: process.pid, startTicks: null })],
    ['nonsense', () => '{'],
    ['nothing', () => ''],
  ])('does not believe a holder file left behind with %s', (_, content) => {
    writeFileSync(join(directory, 'lock.holder.json'), content());
    lockDirectory(directory).release();
  });

  it('of eight processes that want it at once goes to one', async () => {
    const holders = Array.from({ length: 8 }, start);
    const lines = await Promise.all(holders.map(firstLine));
    for (const holder of holders) holder.kill('SIGKILL');
    expect(lines.filter((line) => line === 'held')).toHaveLength(1);
    expect(lines.filter((line) => line === 'connections-database-in-use')).toHaveLength(7);
  });

  it('says so when the directory cannot be written', () => {
    writeFileSync(join(directory, 'file'), '');
    expect(() => lockDirectory(join(directory, 'file'))).toThrow(
      expect.objectContaining({ code: 'connections-database-unusable' }),
    );
  });
});

function start() {
  const argv = ['--conditions=@careward/source', '--input-type=module-typescript', '--eval', HOLD, directory];
  return spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function firstLine(child: ReturnType<typeof start>): Promise<string> {
  const [chunk] = await once(child.stdout, 'data');
  return String(chunk).trim();
}
