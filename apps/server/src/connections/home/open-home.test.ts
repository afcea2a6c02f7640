import { createPrivateKey, sign, verify } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { systemClock } from '@careward/kernel';
import { DiskRegionKeyStore } from '@careward/vault';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Configuration, loadConfiguration } from '../../config/index.ts';
import { createLedgerKeyFile, openHome, type TlsMaterial } from '../index.ts';

const DAY_MS = 86_400_000;
let base: string;
let path: string;
let configuration: Configuration;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'careward-home-'));
  path = join(base, 'new', 'home');
  configuration = loadConfiguration({ CAREWARD_HOME: path });
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

describe('openHome', () => {
  it('makes everything on the first start, reachable by its owner only, and opens the same on the next', async () => {
    const first = await openHome(configuration);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
    expect(files).toEqual([
      'ledger-key.json',
      'region-key.json',
      'tls',
      'tls/authority.crt',
      'tls/authority.pem',
      'tls/server.pem',
    ]);
    for (const file of files) expect(statSync(join(path, file)).mode & 0o077).toBe(0);
    const second = await openHome(configuration);
    expect(second.ledgerKey.keyId).toBe(first.ledgerKey.keyId);
    expect(second.ledgerKey.seed.reveal()).toEqual(first.ledgerKey.seed.reveal());
    expect(second.tls?.certificate).toBe(first.tls?.certificate);
    expect(first.databasePath).toBe(join(path, 'database'));
  });

  it('gives one set of keys to several processes that start at once', async () => {
    const homes = await Promise.all(Array.from({ length: 5 }, () => openHome(configuration)));
    expect(new Set(homes.map((home) => home.ledgerKey.keyId)).size).toBe(1);
  });

  it('gives a ledger key that signs and verifies, and does not show it when printed', async () => {
    const { ledgerKey } = await openHome(configuration);
    const signature = sign(null, Buffer.from('text'), ledgerKey.privateKey);
    expect(verify(null, Buffer.from('text'), ledgerKey.publicKey, signature)).toBe(true);
    const secret = JSON.parse(readFileSync(join(path, 'ledger-key.json'), 'utf8')).keys[0].d as string;
    expect(inspect(ledgerKey, { depth: null, showHidden: true })).not.toContain(secret.slice(0, 10));
    expect(ledgerKey.seed.reveal().toString('base64url')).toBe(secret);
  });

  it('needs no certificate with plain HTTP', async () => {
    const plain = loadConfiguration({ CAREWARD_HOME: path, CAREWARD_PLAIN_HTTP: 'true' });
    expect((await openHome(plain)).tls).toBeUndefined();
  });
});

describe('the local certificate', () => {
  it.each(['localhost', '127.0.0.1', '::1'])(
    'is accepted for %s by a client that trusts the authority',
    async (host) => {
      const { tls } = await openHome(configuration);
      expect(await statusOver(tls, host)).toBe(204);
    },
  );

  it('is accepted for no other name', async () => {
    const { tls } = await openHome(configuration);
    await expect(statusOver(tls, '127.0.0.1', 'careward.example.org')).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  it('is renewed before it runs out, by the same authority', async () => {
    const { tls } = await openHome(configuration);
    const authority = readFileSync(join(path, 'tls/authority.crt'), 'utf8');
    const soon = { now: () => systemClock.now() + 360 * DAY_MS };
    expect((await openHome(configuration, soon)).tls?.certificate).toBe(tls?.certificate);
    const later = { now: () => systemClock.now() + 370 * DAY_MS };
    expect((await openHome(configuration, later)).tls?.certificate).not.toBe(tls?.certificate);
    expect(readFileSync(join(path, 'tls/authority.crt'), 'utf8')).toBe(authority);
  });
});

describe('openHome refuses', () => {
  it.each([0o750, 0o705, 0o777])('a home folder of mode %o', async (mode) => {
    mkdirSync(path, { recursive: true });
    chmodSync(path, mode);
    await expect(openHome(configuration)).rejects.toMatchObject({ code: 'home-exposed' });
    expect(readdirSync(path)).toEqual([]);
  });

  it.each(['ledger-key.json', 'tls/server.pem', 'tls/authority.pem'])(
    '%s that others may read',
    async (file) => {
      await openHome(configuration);
      chmodSync(join(path, file), 0o640);
      await expect(openHome(configuration)).rejects.toMatchObject({ code: 'home-exposed' });
    },
  );

  it('a region key that others may read', async () => {
    await openHome(configuration);
    chmodSync(join(path, 'region-key.json'), 0o644);
    await expect(openHome(configuration)).rejects.toMatchObject({ code: 'vault-key-file-refused' });
  });

  it('a key file that is a link', async () => {
    await openHome(configuration);
    renameSync(join(path, 'ledger-key.json'), join(base, 'elsewhere.json'));
    symlinkSync(join(base, 'elsewhere.json'), join(path, 'ledger-key.json'));
    await expect(openHome(configuration)).rejects.toMatchObject({ code: 'home-exposed' });
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, -20)],
    ['of another region', (text: string) => text.replace('"local"', '"eu-1"')],
    ['of another purpose', (text: string) => text.replace('careward-ledger', 'careward-token')],
    ['with a foreign public half', (text: string) => text.replace(/"x": "...../, '"x": "AAAAA')],
    ['with a foreign name', (text: string) => text.replace(/"kid": "...../, '"kid": "AAAAA')],
    ['with something added', (text: string) => text.replace('"region"', '"note": 1, "region"')],
  ])('a ledger key %s, and never replaces it', async (_name, damage) => {
    await openHome(configuration);
    const file = join(path, 'ledger-key.json');
    const damaged = damage(readFileSync(file, 'utf8'));
    writeFileSync(file, damaged);
    await expect(openHome(configuration)).rejects.toMatchObject({ code: 'home-file-malformed' });
    expect(readFileSync(file, 'utf8')).toBe(damaged);
  });

  it('in production: generated keys, at the latest when they are opened', async () => {
    const home = await openHome(configuration);
    const keys = {
      regionKeyFile: join(path, 'region-key.json'),
      ledgerKeyFile: join(path, 'ledger-key.json'),
    };
    const production: Configuration = { ...configuration, profile: 'production', keys };
    await expect(openHome(production)).rejects.toMatchObject({ code: 'home-development-key' });
    expect(home.regionKeys.origin).toBe('development');
  });

  it('in production: to make a key that is absent', async () => {
    const production: Configuration = { ...configuration, profile: 'production' };
    await expect(openHome(production)).rejects.toMatchObject({ code: 'vault-key-file-missing' });
    expect(readdirSync(path)).toEqual([]);
  });

  it('an operator certificate whose key is exposed or belongs elsewhere', async () => {
    const { tls } = await openHome(configuration);
    const [certificateFile, keyFile] = [join(base, 'cert.pem'), join(base, 'key.pem')];
    writeFileSync(certificateFile, tls?.certificate ?? '');
    writeFileSync(keyFile, tls?.privateKey.reveal() ?? '', { mode: 0o644 });
    const withFiles = { ...configuration, tls: { ...configuration.tls, certificateFile, keyFile } };
    await expect(openHome(withFiles)).rejects.toMatchObject({ code: 'home-exposed' });
    chmodSync(keyFile, 0o640);
    expect((await openHome(withFiles)).tls?.authorityFile).toBeUndefined();
    writeFileSync(keyFile, readFileSync(join(path, 'tls/authority.pem'), 'utf8'));
    expect(createPrivateKey(readFileSync(keyFile, 'utf8')).asymmetricKeyType).toBe('ec');
    await expect(openHome(withFiles)).rejects.toMatchObject({ code: 'home-file-malformed' });
  });
});

describe('keys made by the operator', () => {
  it('open in production', async () => {
    const place = (name: string) => join(base, 'keys', `${name}.json`);
    await DiskRegionKeyStore.create(place('region'), { region: 'local', origin: 'operator' });
    const ledger = { path: place('ledger'), region: 'local' };
    expect(await createLedgerKeyFile(ledger, 'operator')).toBe(true);
    expect(await createLedgerKeyFile(ledger, 'operator')).toBe(false);
    const keys = {
      regionKeyFile: place('region'),
      ledgerKeyFile: place('ledger'),
    };
    const home = await openHome({ ...configuration, profile: 'production', keys });
    expect([home.regionKeys.origin, home.ledgerKey.origin]).toEqual(['operator', 'operator']);
  });
});

async function statusOver(tls: TlsMaterial | undefined, host: string, servername?: string): Promise<number> {
  if (!tls?.authorityFile) throw new Error('no local certificate');
  const options = { cert: tls.certificate, key: tls.privateKey.reveal(), minVersion: 'TLSv1.3' as const };
  const server = createServer(options, (_request, response) => response.writeHead(204).end());
  await new Promise<void>((resolve) => server.listen(0, host === '::1' ? '::1' : '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ca = readFileSync(tls.authorityFile);
  try {
    return await new Promise((resolve, reject) => {
      request({ host, port, ca, agent: false, ...(servername && { servername }) }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });
  } finally {
    server.close();
  }
}
