import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileCheckpointWitness } from './file-checkpoint-witness.ts';

describe('the file of witnessed checkpoints', () => {
  let home: string;
  let path: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'careward-witness-'));
    path = join(home, 'ledger', 'checkpoints.log');
  });
  afterEach(() => rm(home, { recursive: true }));

  const checkpoint = (size: number) => ({
    note: `origin\n${size}\nroot\n\n— signature\n`,
    lastEntryId: String(size),
  });

  it('knows nothing before the first checkpoint, and makes no file by being asked', async () => {
    expect(await new FileCheckpointWitness(path).latest()).toBeUndefined();
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('gives the last of many checkpoints, also to another process', async () => {
    const witness = new FileCheckpointWitness(path);
    for (let size = 1; size <= 600; size += 1) await witness.append(checkpoint(size));
    expect(await witness.latest()).toEqual(checkpoint(600));
    expect(await new FileCheckpointWitness(path).latest()).toEqual(checkpoint(600));
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(601);
  });

  it('is readable by its owner alone', async () => {
    await new FileCheckpointWitness(path).append(checkpoint(1));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
  });

  it('passes over the line that a crash tore, wherever it tore, and goes on below it', async () => {
    const witness = new FileCheckpointWitness(path);
    await witness.append(checkpoint(1));
    const { size: whole } = await stat(path);
    await witness.append(checkpoint(2));
    const { size: end } = await stat(path);
    const bytes = await readFile(path);
    for (let cut = whole; cut < end; cut += 1) {
      await writeFile(path, bytes);
      await truncate(path, cut);
      expect(await witness.latest()).toEqual(checkpoint(1));
      await witness.append(checkpoint(3));
      expect(await witness.latest()).toEqual(checkpoint(3));
    }
  });

  it('a first line that was torn counts as none', async () => {
    const witness = new FileCheckpointWitness(path);
    await witness.append(checkpoint(1));
    await truncate(path, 10);
    expect(await witness.latest()).toBeUndefined();
  });

  it.each(['null', '7', '{}', '{"note":1,"lastEntryId":"1"}', '{"note":"x"}'])(
    'refuses %s in place of the last line',
    async (line) => {
      const witness = new FileCheckpointWitness(path);
      await witness.append(checkpoint(1));
      await appendFile(path, `${line}\n`);
      await expect(witness.latest()).rejects.toMatchObject({ code: 'audit-witness-damaged' });
    },
  );

  it('refuses a file of lines that are nothing', async () => {
    const witness = new FileCheckpointWitness(path);
    await witness.append(checkpoint(1));
    await writeFile(path, 'overwritten\n');
    await expect(witness.latest()).rejects.toMatchObject({ code: 'audit-witness-damaged' });
  });
});
