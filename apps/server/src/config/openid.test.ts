import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openidConcern, openidFaults } from './openid.ts';

const GOOD = {
  id: 'google',
  name: 'Google',
  issuer: 'https://accounts.google.com',
  clientId: '123.apps.googleusercontent.com',
  clientSecret: 'GOCSPX-hunter2',
};
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'careward-openid-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: unknown, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  chmodSync(path, mode);
  return path;
}

function read(path: string) {
  return openidConcern.read({ CAREWARD_OPENID_PROVIDERS_FILE: path });
}

function faultsOf(content: unknown): string[] {
  const result = read(file('list.json', content));
  if (result.ok) return [];
  for (const { path } of result.faults) expect(path).toBe('CAREWARD_OPENID_PROVIDERS_FILE');
  return result.faults.map(({ message }) => message);
}

describe('the list of providers', () => {
  it('may be absent: nobody else vouches for people', () => {
    expect(openidConcern.read({})).toEqual({ ok: true, value: { providers: [] } });
  });

  it('gives entries with their defaults, and secrets that cannot be printed', () => {
    const result = read(file('good.json', [GOOD]));
    if (!result.ok) throw new Error('refused');
    const [provider] = result.value.providers;
    expect(provider).toMatchObject({
      ...{ id: 'google', scopes: ['openid', 'email'], acrValues: [], privateRanges: [] },
      secondFactor: { acr: [], amr: [] },
    });
    expect(provider?.clientSecret.reveal()).toBe('GOCSPX-hunter2');
    expect(inspect(result, { depth: 9 })).not.toContain('hunter2');
  });

  it('takes a secret from a file beside it, which has to be private too', () => {
    const { clientSecret: _none, ...entry } = GOOD;
    file('client-secret', 'GOCSPX-hunter2\n');
    const result = read(file('beside.json', [{ ...entry, clientSecretFile: 'client-secret' }]));
    expect(result.ok && result.value.providers[0]?.clientSecret.reveal()).toBe('GOCSPX-hunter2');
    file('client-secret', 'GOCSPX-hunter2', 0o640);
    expect(faultsOf([{ ...entry, clientSecretFile: 'client-secret' }])).toEqual([
      'entry 1: clientSecretFile may be read or written by others; run chmod 600 on it',
    ]);
  });

  it('is refused when others may read it, when it is a link, or is not there', () => {
    const open = file('open.json', [GOOD], 0o644);
    symlinkSync(file('target.json', [GOOD]), join(folder, 'link.json'));
    for (const path of [open, join(folder, 'link.json'), join(folder, 'absent.json'), folder])
      expect(read(path), path).toMatchObject({
        ok: false,
        faults: [{ message: expect.stringMatching(/^names a file that /) }],
      });
  });

  it('is refused with every fault at once, and no value in any', () => {
    const faults = faultsOf([
      { ...GOOD, id: 'Google!', issuer: 'http://accounts.google.com', surprise: 'hunter2' },
      { ...GOOD, clientSecretFile: 'x', scopes: ['email'] },
      {
        id: 'bare',
        name: '',
        issuer: 'https://u:hunter2@example.org',
        clientId: 'a b',
        clientSecret: 'short',
      },
    ]);
    expect(faults).toHaveLength(9);
    expect(faults.filter((fault) => /^entry [123]: /.test(fault))).toHaveLength(9);
    expect(faults.join()).not.toMatch(/hunter2|google|surprise/i);
    expect(faultsOf('{')).toEqual(['names a file that must be a list of providers']);
  });

  it('is refused when a provider is listed twice under one name or one issuer', () => {
    expect(faultsOf([GOOD, { ...GOOD, id: 'again' }])).toEqual([
      'entry 2: issuer is used twice; keep one entry for each',
    ]);
    expect(faultsOf([GOOD, { ...GOOD, issuer: 'https://login.example.org/realms/a' }])).toEqual([
      'entry 2: id is used twice; keep one entry for each',
    ]);
  });

  it.each([
    'https://login.example.org/',
    'https://login.example.org/realms/a',
    'http://127.0.0.1:8080',
    'http://localhost:8080/realms/a',
  ])('takes the issuer %s', (issuer) => expect(faultsOf([{ ...GOOD, issuer }])).toEqual([]));

  it.each([
    'http://login.example.org',
    'http://127.0.0.1.example.org',
    'https://login.example.org?tenant=a',
    'https://login.example.org#',
    'https://user@login.example.org',
    'https://LOGIN.example.org',
    'ftp://login.example.org',
    'login.example.org',
  ])('refuses the issuer %s', (issuer) => {
    expect(faultsOf([{ ...GOOD, issuer }])).toEqual([
      'entry 1: issuer must be an https URL without query, fragment, login',
    ]);
  });

  it('may name a provider without TLS on this machine, but not in production', () => {
    const result = read(file('plain.json', [{ ...GOOD, issuer: 'http://127.0.0.1:8080' }]));
    expect(result.ok && openidFaults(result.value)).toHaveLength(1);
    const secure = read(file('secure.json', [GOOD]));
    expect(secure.ok && openidFaults(secure.value)).toEqual([]);
  });
});
