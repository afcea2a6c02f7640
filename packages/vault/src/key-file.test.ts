import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type KeyFile, parseKeyFile, serializeKeyFile } from './key-file.ts';

const fileOf = (versions: number[]): KeyFile => ({
  region: 'eu-1',
  origin: 'operator',
  keys: versions.map((version) => ({ version, key: randomBytes(32) })),
});

describe('the key file', () => {
  it.each([[[1]], [[1, 2, 3]], [[4, 9]]])('comes back as it was written: versions %j', (versions) => {
    const file = fileOf(versions);
    expect(parseKeyFile(serializeKeyFile(file), 'eu-1')).toEqual(file);
  });

  it.each([[[2, 1]], [[1, 1]], [[0, 1]]])('refuses versions %j even with a check that fits', (versions) => {
    expect(() => parseKeyFile(serializeKeyFile(fileOf(versions)), 'eu-1')).toThrow(
      expect.objectContaining({ code: 'vault-key-file-refused' }),
    );
  });

  it('says that a later format is unknown, not that the file is damaged', () => {
    const later = serializeKeyFile(fileOf([1])).replace('region-keys-v1', 'region-keys-v2');
    expect(() => parseKeyFile(later, 'eu-1')).toThrow(expect.objectContaining({ detail: 'unknown format' }));
  });
});
