import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CarewardError, systemClock } from '@careward/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { legacyIssuerOf, loadConfiguration } from './index.ts';
import { legacyTokenFaults } from './tokens.ts';

const SECRET = 'the shared secret of the older system, 0123456789';
const SECRET_FILE = 'CAREWARD_LEGACY_TOKEN_SECRET_FILE';
const UNTIL = 'CAREWARD_LEGACY_TOKENS_UNTIL';
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'careward-legacy-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string, mode = 0o600): string {
  const path = join(folder, 'secret');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function day(fromNow: number): string {
  return new Date(systemClock.now() + fromNow * 86_400_000).toISOString().slice(0, 10);
}

function faults(environment: Record<string, string>): string[] {
  try {
    loadConfiguration(environment);
    return [];
  } catch (error) {
    if (error instanceof CarewardError) return (error.faults ?? []).map(({ path }) => path);
    throw error;
  }
}

describe('tokens of an older system', () => {
  it('are taken when secret and day are named, and not by default', () => {
    expect(legacyIssuerOf(loadConfiguration({}).tokens)).toBeUndefined();
    const { tokens } = loadConfiguration({ [SECRET_FILE]: file(`${SECRET}\n`), [UNTIL]: day(90) });
    const issuer = legacyIssuerOf(tokens);
    expect(issuer?.secret.reveal().toString()).toBe(SECRET);
    expect(issuer).toMatchObject({ issuer: 'healthcare-system', audience: 'healthcare-users' });
    expect(issuer?.until).toBe(Date.parse(day(90)));
  });

  it.each<[string, string, number]>([
    ['that others may read', SECRET, 0o640],
    ['of 31 bytes', 'x'.repeat(16).concat('abcdefghijklmno'), 0o600],
    ['that is one word repeated', 'secret'.repeat(20), 0o600],
    ['that is a key in PEM form', `-----BEGIN PUBLIC KEY-----\n${SECRET}\n-----END PUBLIC KEY-----\n`, 0o600],
  ])('are refused with a secret %s', (_name, text, mode) => {
    expect(faults({ [SECRET_FILE]: file(text, mode), [UNTIL]: day(90) })).toContain(SECRET_FILE);
  });

  it.each([
    ['without a day', {}],
    ['with a day that is over', { [UNTIL]: day(0) }],
    ['with a day that is far', { [UNTIL]: day(182) }],
    ['with a day that is none', { [UNTIL]: '2026-02-30' }],
    ['with a moment in place of a day', { [UNTIL]: 'tomorrow' }],
  ])('are refused %s', (_name, environment) => {
    expect(faults({ [SECRET_FILE]: file(SECRET), ...environment })).toEqual([UNTIL]);
  });

  it('need their secret', () => {
    expect(faults({ [UNTIL]: day(90) })).toEqual([UNTIL]);
    expect(faults({ [SECRET_FILE]: join(folder, 'absent'), [UNTIL]: day(90) })).toContain(SECRET_FILE);
  });

  it('may count for 180 days and no longer', () => {
    const { tokens } = loadConfiguration({ [SECRET_FILE]: file(SECRET), [UNTIL]: day(90) });
    const at = (days: number) => ({ ...tokens, legacyUntil: days * 86_400_000 });
    expect(legacyTokenFaults(at(180), 0)).toEqual([]);
    expect(legacyTokenFaults(at(181), 0)).toHaveLength(1);
    expect(legacyTokenFaults(at(1), 86_400_000)).toHaveLength(1);
  });
});
