import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROLES, type Role, STAFF_ROLES } from '@careward/access-policy';
import { CarewardError } from '@careward/kernel';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { knownVariables, loadConfiguration } from './index.ts';

let folder: string;
let production: Record<string, string>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'careward-config-'));
  for (const name of ['region', 'ledger']) {
    writeFileSync(join(folder, `${name}.json`), JSON.stringify({ origin: 'operator' }));
  }
  writeFileSync(join(folder, 'generated.json'), JSON.stringify({ origin: 'development' }));
  writeFileSync(join(folder, 'other.json'), '[]');
  writeFileSync(join(folder, 'cert.pem'), 'certificate');
  production = {
    CAREWARD_PROFILE: 'production',
    CAREWARD_TLS_CERT_FILE: join(folder, 'cert.pem'),
    CAREWARD_TLS_KEY_FILE: join(folder, 'cert.pem'),
    CAREWARD_TRUSTED_PROXIES: '10.0.0.0/8, 192.0.2.7',
    CAREWARD_PUBLIC_URL: 'https://careward.example.org',
    CAREWARD_SMTP_URL: 'smtps://login:hunter2@mail.example.org',
    CAREWARD_MAIL_FROM: 'careward@example.org',
    CAREWARD_REGION_KEY_FILE: join(folder, 'region.json'),
    CAREWARD_LEDGER_KEY_FILE: join(folder, 'ledger.json'),
    CAREWARD_DATABASE_URL: 'postgres://careward_login:hunter2@db.example.org/careward?sslmode=verify-full',
  };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('loadConfiguration', () => {
  it('starts from nothing with development defaults, frozen throughout', () => {
    const configuration = loadConfiguration({});
    expect(configuration.profile).toBe('development');
    expect(configuration.home.path).toMatch(/\/\.careward$/);
    expect(configuration.network).toMatchObject({ host: '127.0.0.1', port: 8443, metricsPort: 9464 });
    expect(configuration.tls).toMatchObject({ plainHttp: false, minimumVersion: 'TLSv1.3' });
    expect(Object.isFrozen(configuration)).toBe(true);
    for (const concern of Object.values(configuration)) expect(Object.isFrozen(concern)).toBe(true);
    expect(Object.isFrozen(configuration.network.corsOrigins)).toBe(true);
  });

  it('accepts a complete production configuration and makes bare proxy addresses ranges', () => {
    const configuration = loadConfiguration(production);
    expect(configuration.profile).toBe('production');
    expect(configuration.network.trustedProxies).toEqual(['10.0.0.0/8', '192.0.2.7/32']);
  });

  it('lists every fault at once, also production faults beside malformed values', () => {
    const faults = faultsOf({
      CAREWARD_PROFILE: 'production',
      CAREWARD_PORT: 'eighty',
      CAREWARD_LOG_LEVEL: 'loud',
      CAREWARD_CORS_ORIGINS: '*',
      CAREWARD_PROT: '1',
    });
    expect(faults).toMatchObject({
      CAREWARD_PORT: expect.stringContaining('whole number'),
      CAREWARD_LOG_LEVEL: expect.stringContaining('debug, info'),
      CAREWARD_CORS_ORIGINS: expect.stringContaining('origins'),
      CAREWARD_PROT: expect.stringContaining('did you mean CAREWARD_PORT?'),
      CAREWARD_REGION_KEY_FILE: expect.stringContaining('is missing'),
      CAREWARD_LEDGER_KEY_FILE: expect.stringContaining('is missing'),
      CAREWARD_TLS_CERT_FILE: expect.stringContaining('is missing'),
    });
  });

  it.each([
    ['CAREWARD_PORT', ''],
    ['CAREWARD_PORT', '-1'],
    ['CAREWARD_PORT', '65536'],
    ['CAREWARD_PORT', '0x50'],
    ['CAREWARD_PORT', ' 80'],
    ['CAREWARD_PLAIN_HTTP', 'TRUE'],
    ['CAREWARD_PLAIN_HTTP', '1'],
    ['CAREWARD_REGION', 'EU Central'],
    ['CAREWARD_HOME', 'a\0b'],
    ['CAREWARD_TRUSTED_PROXIES', '0.0.0.0/0'],
    ['CAREWARD_TRUSTED_PROXIES', '10.0.0.1, ::/0'],
    ['CAREWARD_TRUSTED_PROXIES', '10.0.0.1,,'],
    ['CAREWARD_TRUSTED_PROXIES', 'none,10.0.0.1'],
    ['CAREWARD_TRUSTED_PROXIES', '010.1'],
    ['CAREWARD_CORS_ORIGINS', 'https://a.example/'],
    ['CAREWARD_CORS_ORIGINS', 'null'],
    ['CAREWARD_CORS_ORIGINS', 'https://*.example'],
    ['CAREWARD_DATABASE_URL', 'mysql://x'],
    ['CAREWARD_REDIS_URL', 'redis'],
    ['CAREWARD_REGION_KEY_FILE', '/nowhere/key.json'],
    ['CAREWARD_TLS_CERT_FILE', '/nowhere/cert.pem'],
    ['CAREWARD_SESSION_IDLE_SECONDS', '59'],
    ['CAREWARD_SECOND_FACTOR_ROLES', 'doctor'],
    ['CAREWARD_SECOND_FACTOR_ROLES', 'none, DOCTOR'],
    ['CAREWARD_BEARER_ROLES', 'all'],
    ['CAREWARD_BEARER_ROLES', 'PATIENT,'],
    ['CAREWARD_LEDGER_ORIGIN', 'two words'],
    ['CAREWARD_PUBLIC_URL', 'http://careward.example.org'],
    ['CAREWARD_PUBLIC_URL', 'https://careward.example.org/'],
    ['CAREWARD_PUBLIC_URL', 'https://a@careward.example.org'],
    ['CAREWARD_SMTP_URL', 'https://mail.example.org'],
    ['CAREWARD_SMTP_URL', 'smtp://mail.example.org?tls.rejectUnauthorized=false'],
    ['CAREWARD_MAIL_FROM', 'a@example.org, b@example.org'],
    ['CAREWARD_MAIL_FROM', 'Careward <a@example.org>'],
  ])('refuses %s with a malformed value', (variable, value) => {
    expect(Object.keys(faultsOf({ [variable]: value }))).toContain(variable);
  });

  it('refuses plain HTTP beyond the loopback address in every profile', () => {
    const faults = faultsOf({ CAREWARD_PLAIN_HTTP: 'true', CAREWARD_HOST: '0.0.0.0' });
    expect(faults.CAREWARD_PLAIN_HTTP).toContain('beyond this machine');
    expect(loadConfiguration({ CAREWARD_PLAIN_HTTP: 'true' }).tls.plainHttp).toBe(true);
  });

  it('refuses a certificate without its key and a key without its certificate', () => {
    const file = join(folder, 'cert.pem');
    expect(faultsOf({ CAREWARD_TLS_CERT_FILE: file })).toHaveProperty('CAREWARD_TLS_KEY_FILE');
    expect(faultsOf({ CAREWARD_TLS_KEY_FILE: file })).toHaveProperty('CAREWARD_TLS_CERT_FILE');
  });

  it('refuses a session that idles longer than it lives', () => {
    const faults = faultsOf({
      CAREWARD_SESSION_IDLE_SECONDS: '600',
      CAREWARD_SESSION_ABSOLUTE_SECONDS: '300',
    });
    expect(faults).toHaveProperty('CAREWARD_SESSION_IDLE_SECONDS');
  });

  it('asks staff for a second factor and everybody for bound tokens, unless it is told otherwise', () => {
    expect(loadConfiguration({}).signInPolicy).toEqual({ secondFactorRoles: STAFF_ROLES, bearerRoles: [] });
    const told = { CAREWARD_SECOND_FACTOR_ROLES: 'none', CAREWARD_BEARER_ROLES: 'PATIENT ,DOCTOR' };
    const { signInPolicy } = loadConfiguration(told);
    expect(signInPolicy).toEqual({ secondFactorRoles: [], bearerRoles: ['DOCTOR', 'PATIENT'] });
  });

  it('never repeats a value, whatever it is and wherever it is put', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...knownVariables),
        fc.stringMatching(/^[!-~]{1,8}$/).map((noise) => `s3cr3t-${noise}-value`),
        (variable, value) => {
          const error = attempt({ ...production, [variable]: value });
          if (!error) return;
          expect(JSON.stringify(error) + error.detail + error.stack).not.toContain(value);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('production refuses', () => {
  const cases: [name: string, variable: string, value: string | undefined][] = [
    ['plain HTTP', 'CAREWARD_PLAIN_HTTP', 'true'],
    ['no statement about proxies', 'CAREWARD_TRUSTED_PROXIES', undefined],
    ['the embedded database', 'CAREWARD_DATABASE_URL', undefined],
    ['an origin without TLS', 'CAREWARD_CORS_ORIGINS', 'http://console.example.org'],
    ['an origin on this machine', 'CAREWARD_CORS_ORIGINS', 'https://localhost:5173'],
    ['a missing region key', 'CAREWARD_REGION_KEY_FILE', undefined],
    ['a missing ledger key', 'CAREWARD_LEDGER_KEY_FILE', undefined],
    ['a database without a password', 'CAREWARD_DATABASE_URL', 'postgres://careward_login@127.0.0.1/c'],
    ['a database without TLS', 'CAREWARD_DATABASE_URL', 'postgres://careward_login:x@db.example.org/c'],
    ['TLS that checks nothing', 'CAREWARD_DATABASE_URL', 'postgres://l:x@db.example.org/c?sslmode=no-verify'],
    [
      'a host smuggled into the query',
      'CAREWARD_DATABASE_URL',
      'postgres://l:x@127.0.0.1/c?host=db.example.org',
    ],
    [
      'TLS taken back by a repeated parameter',
      'CAREWARD_DATABASE_URL',
      'postgres://l:x@d.example/c?sslmode=verify-full&sslmode=disable',
    ],
    ['a superuser login', 'CAREWARD_DATABASE_URL', 'postgres://postgres:x@127.0.0.1/c'],
    ['a superuser login in capitals', 'CAREWARD_DATABASE_URL', 'postgres://Postgres:x@127.0.0.1/c'],
    [
      'a superuser smuggled into the query',
      'CAREWARD_DATABASE_URL',
      'postgres://l:x@127.0.0.1/c?user=postgres',
    ],
    ['a store without a password', 'CAREWARD_REDIS_URL', 'redis://127.0.0.1:6379'],
    ['a store without TLS', 'CAREWARD_REDIS_URL', 'redis://:x@redis.example.org'],
    ['an empty list of proxies', 'CAREWARD_TRUSTED_PROXIES', 'none'],
    ['no address of its own', 'CAREWARD_PUBLIC_URL', undefined],
    ['mail in files', 'CAREWARD_SMTP_URL', undefined],
    ['mail from nobody', 'CAREWARD_MAIL_FROM', undefined],
    ['staff without a second factor', 'CAREWARD_SECOND_FACTOR_ROLES', 'none'],
    ['one role of staff without a second factor', 'CAREWARD_SECOND_FACTOR_ROLES', everyRoleBut('NURSE')],
    ['bearer tokens of everybody', 'CAREWARD_BEARER_ROLES', ROLES.join(',')],
    ['bearer tokens of one role of staff', 'CAREWARD_BEARER_ROLES', 'PATIENT, INSURER'],
    ['sessions that stand open for an hour', 'CAREWARD_SESSION_IDLE_SECONDS', '3600'],
  ];
  it.each(cases)('%s', (_name, variable, value) => {
    expect(faultsOf({ ...production, [variable]: value })).toHaveProperty(variable);
  });

  it('plain HTTP for its own sake, also without a certificate beside it', () => {
    const { CAREWARD_TLS_CERT_FILE: _cert, CAREWARD_TLS_KEY_FILE: _key, ...rest } = production;
    const faults = faultsOf({ ...rest, CAREWARD_PLAIN_HTTP: 'true' });
    expect(faults.CAREWARD_PLAIN_HTTP).toContain('which production refuses');
  });

  it('a key that was generated for development, and a file that is no key', () => {
    const generated = { ...production, CAREWARD_REGION_KEY_FILE: join(folder, 'generated.json') };
    expect(faultsOf(generated).CAREWARD_REGION_KEY_FILE).toContain('generated for development');
    expect(loadConfiguration({ CAREWARD_REGION_KEY_FILE: join(folder, 'generated.json') }).profile).toBe(
      'development',
    );
    const other = { ...production, CAREWARD_LEDGER_KEY_FILE: join(folder, 'other.json') };
    expect(faultsOf(other).CAREWARD_LEDGER_KEY_FILE).toContain('not a Careward key file');
  });

  it('the owner of the schema as login', () => {
    const url = 'postgres://careward_owner:x@127.0.0.1/c';
    const faults = faultsOf({ ...production, CAREWARD_DATABASE_URL: url, CAREWARD_DATABASE_OWNER_URL: url });
    expect(faults.CAREWARD_DATABASE_URL).toContain('owns the schema');
  });

  it('but leaves to the operator how patients sign in', () => {
    const bearer = { ...production, CAREWARD_BEARER_ROLES: 'PATIENT' };
    expect(attempt(bearer)).toBeUndefined();
    expect(attempt({ ...production, CAREWARD_SECOND_FACTOR_ROLES: ROLES.join() })).toBeUndefined();
  });

  it('but not a password over loopback, or a Unix socket', () => {
    for (const [variable, value] of [
      ['CAREWARD_DATABASE_URL', 'postgres://careward_login:x@127.0.0.1/c'],
      ['CAREWARD_DATABASE_URL', 'postgres://careward_login@localhost/c?host=/var/run/postgresql'],
      ['CAREWARD_REDIS_URL', 'rediss://:x@redis.example.org'],
    ] as const) {
      expect(attempt({ ...production, [variable]: value })).toBeUndefined();
    }
  });
});

function everyRoleBut(left: Role): string {
  return ROLES.filter((role) => role !== left).join(',');
}

function attempt(environment: Record<string, string | undefined>): CarewardError | undefined {
  try {
    loadConfiguration(environment);
    return undefined;
  } catch (error) {
    if (error instanceof CarewardError && error.code === 'configuration-invalid') return error;
    throw error;
  }
}

function faultsOf(environment: Record<string, string | undefined>): Record<string, string> {
  const faults = attempt(environment)?.faults ?? [];
  return Object.fromEntries(faults.map((fault) => [fault.path, fault.message]));
}
