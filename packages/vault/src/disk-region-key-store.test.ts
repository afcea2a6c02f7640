import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiskRegionKeyStore } from './disk-region-key-store.ts';

const owner = { region: 'eu-1', origin: 'operator' } as const;
let base: string;
let path: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'careward-keys-'));
  path = join(base, 'new', 'deeper', 'keys.json');
});

afterEach(() => rm(base, { recursive: true }));

describe('the disk store', () => {
  it('writes a file only its owner can reach, in directories only its owner can reach, and nothing else', async () => {
    await DiskRegionKeyStore.create(path, owner);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
    expect(await readdir(dirname(path))).toEqual(['keys.json']);
    const file = JSON.parse(await readFile(path, 'utf8'));
    expect(Object.keys(file)).toEqual(['format', 'region', 'origin', 'keys', 'check']);
    expect(file).toMatchObject({ format: 'careward-region-keys-v1', ...owner, keys: [{ version: 1 }] });
  });

  it('says who made the file and never replaces one', async () => {
    await DiskRegionKeyStore.create(path, { region: 'eu-1', origin: 'development' });
    const before = await readFile(path, 'utf8');
    await expect(DiskRegionKeyStore.create(path, owner)).rejects.toThrow(code('vault-key-file-exists'));
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(await readdir(dirname(path))).toEqual(['keys.json']);
    expect((await DiskRegionKeyStore.open(path, 'eu-1')).origin).toBe('development');
  });

  it('says that there is no file', async () => {
    await expect(DiskRegionKeyStore.open(path, 'eu-1')).rejects.toThrow(code('vault-key-file-missing'));
  });

  it('gives exactly one winner when several processes start at once', async () => {
    const starts = Array.from({ length: 8 }, () => DiskRegionKeyStore.create(path, owner));
    const results = await Promise.allSettled(starts);
    expect(results.filter((one) => one.status === 'fulfilled').length).toBe(1);
    expect(await readdir(dirname(path))).toEqual(['keys.json']);
  });

  it('sees a version that another process added', async () => {
    const first = await DiskRegionKeyStore.create(path, owner);
    const second = await DiskRegionKeyStore.open(path, 'eu-1');
    await second.rotate();
    expect((await first.byVersion(2)).version).toBe(2);
    expect((await first.current()).version).toBe(2);
  });

  it('loses no version when several rotate at once', async () => {
    const store = await DiskRegionKeyStore.create(path, owner);
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => store.rotate()));
    const done = results.filter((one) => one.status === 'fulfilled').length;
    for (const one of results)
      if (one.status === 'rejected') expect(one.reason).toEqual(code('vault-key-file-busy'));
    expect(done).toBeGreaterThan(0);
    expect((await (await DiskRegionKeyStore.open(path, 'eu-1')).current()).version).toBe(1 + done);
    expect(await readdir(dirname(path))).toEqual(['keys.json']);
  });

  it('leaves no draft behind when a rotation is refused', async () => {
    const store = await DiskRegionKeyStore.create(path, owner);
    const text = await readFile(path);
    await writeFile(path, text.subarray(1));
    await expect(store.rotate()).rejects.toThrow(code('vault-key-file-refused'));
    expect(await readdir(dirname(path))).toEqual(['keys.json']);
    await writeFile(path, text);
    expect((await store.rotate()).version).toBe(2);
  });

  it('does not rotate beside a draft that is left or in use', async () => {
    const store = await DiskRegionKeyStore.create(path, owner);
    await writeFile(`${path}.new`, '');
    await expect(store.rotate()).rejects.toThrow(code('vault-key-file-busy'));
    expect((await store.current()).version).toBe(1);
  });
});

describe('the disk store refuses', () => {
  it.each([0o640, 0o604, 0o620, 0o602, 0o644, 0o610, 0o666])('a file of mode %o', async (mode) => {
    const store = await DiskRegionKeyStore.create(path, owner);
    await chmod(path, mode);
    await expectRefused();
    await expect(store.rotate()).rejects.toThrow(code('vault-key-file-refused'));
  });

  it.each([0o770, 0o702, 0o777])('a directory of mode %o', async (mode) => {
    await DiskRegionKeyStore.create(path, owner);
    await chmod(dirname(path), mode);
    await expectRefused();
    await expect(DiskRegionKeyStore.create(join(dirname(path), 'b.json'), owner)).rejects.toThrow(
      code('vault-key-file-refused'),
    );
    expect(await readdir(dirname(path))).toEqual(['keys.json']);
  });

  it('a symbolic link, a directory and a pipe-like file in its place', async () => {
    await DiskRegionKeyStore.create(join(base, 'real.json'), owner);
    await mkdir(path, { recursive: true });
    await expectRefused();
    await rm(path, { recursive: true });
    await symlink(join(base, 'real.json'), path);
    await expectRefused();
    await rm(path);
    await symlink('/dev/zero', path);
    await expectRefused();
  });

  it.runIf(process.geteuid?.() === 0)('a file or directory of another account', async () => {
    const { chown } = await import('node:fs/promises');
    await DiskRegionKeyStore.create(path, owner);
    await chown(path, 4711, 4711);
    await expectRefused();
    await chown(path, 0, 0);
    await chown(dirname(path), 4711, 4711);
    await expectRefused();
  });

  it('a file that was replaced, while in use, by one of another origin', async () => {
    const store = await DiskRegionKeyStore.create(path, owner);
    await rm(path);
    await (await DiskRegionKeyStore.create(path, { region: 'eu-1', origin: 'development' })).rotate();
    await expect(store.byVersion(2)).rejects.toThrow(code('vault-key-file-refused'));
  });

  it('keys of another region', async () => {
    await DiskRegionKeyStore.create(path, owner);
    await expect(DiskRegionKeyStore.open(path, 'us-1')).rejects.toThrow(
      expect.objectContaining({ code: 'vault-key-file-refused', detail: 'the keys of another region' }),
    );
  });

  it('a file too large to be read into memory, before reading it', async () => {
    await DiskRegionKeyStore.create(path, owner);
    await writeFile(path, ' '.repeat(64 * 1024 + 1));
    await expect(DiskRegionKeyStore.open(path, 'eu-1')).rejects.toThrow(
      expect.objectContaining({ code: 'vault-key-file-refused', detail: 'the file is too large' }),
    );
  });

  it('a file with any bit flipped, cut anywhere or added to', async () => {
    const store = await DiskRegionKeyStore.create(path, owner);
    await store.rotate();
    const text = await readFile(path);
    for (let at = 0; at < text.length; at += 1) {
      const flipped = Buffer.from(text);
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (at % 8)), at);
      await writeFile(path, flipped);
      await expectRefused();
      await writeFile(path, text.subarray(0, at));
      await expectRefused();
    }
    await writeFile(path, `${text}\n`);
    await expectRefused();
  });

  it.each([
    ['an edited origin', { origin: 'operator' }],
    ['an unknown origin', { origin: 'production' }],
    ['another format', { format: 'careward-region-keys-v2' }],
    ['no keys', { keys: [] }],
    ['keys that are no list', { keys: {} }],
    ['a missing check', { check: undefined }],
    ['an unknown member', { note: 'x' }],
    ['null for a key', { keys: [null] }],
    ['a short key', { keys: [{ version: 1, key: 'AAAA' }] }],
    ['a version 0', { keys: [{ version: 0, key: Buffer.alloc(32).toString('base64') }] }],
  ])('%s', async (_what, change) => {
    await DiskRegionKeyStore.create(path, { region: 'eu-1', origin: 'development' });
    await edit((file) => ({ ...file, ...change }));
    await expectRefused();
  });

  it('a version taken away, versions swapped, and a key from another file', async () => {
    const store = await DiskRegionKeyStore.create(path, owner);
    await store.rotate();
    const other = join(base, 'other.json');
    await DiskRegionKeyStore.create(other, owner);
    const foreign = JSON.parse(await readFile(other, 'utf8')).keys[0];
    const original = await readFile(path);
    const edits = [
      (keys: unknown[]) => keys.slice(0, 1),
      (keys: unknown[]) => keys.slice(1),
      (keys: unknown[]) => keys.toReversed(),
      (keys: unknown[]) => [foreign, keys[1]],
      (keys: unknown[]) => [keys[0], keys[0]],
    ];
    for (const change of edits) {
      await writeFile(path, original);
      await edit((file) => ({ ...file, keys: change(file.keys) }));
      await expectRefused();
    }
  });

  it('without ever showing a key in the error', async () => {
    await DiskRegionKeyStore.create(path, owner);
    const text = await readFile(path, 'utf8');
    const key = JSON.parse(text).keys[0].key as string;
    await writeFile(path, text.replace('"version"', 'version'));
    const error = await DiskRegionKeyStore.open(path, 'eu-1').catch((reason: Error) => reason);
    expect(error).toEqual(code('vault-key-file-refused'));
    const { inspect } = await import('node:util');
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(key.slice(0, 6));
  });

  it('nothing because of a second name for the same file', async () => {
    await DiskRegionKeyStore.create(path, owner);
    await link(path, join(dirname(path), 'backup.json'));
    expect((await DiskRegionKeyStore.open(path, 'eu-1')).region).toBe('eu-1');
  });
});

async function expectRefused(): Promise<void> {
  await expect(DiskRegionKeyStore.open(path, 'eu-1')).rejects.toThrow(code('vault-key-file-refused'));
}

async function edit(change: (file: { keys: unknown[] }) => object): Promise<void> {
  const file = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, `${JSON.stringify(change(file), null, 2)}\n`);
}

function code(expected: string) {
  return expect.objectContaining({ code: expected });
}
