import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SignInResult } from '@careward/api-schema';
import { generateSync } from 'otplib';
import { expect, test } from 'vitest';
import { ApiClient } from '../../apps/cli/src/client/api-client.ts';
import { readText, type Server } from './https-calls.ts';
import { runCareward, startCareward } from './run-careward.ts';
import { writeSampleBundle } from './sample-bundle.ts';
import { temporaryFolder } from './temporary-folder.ts';

const TIMEOUT_MS = 120_000;
const STEP_SECONDS = 30;

const STEPS = [
  / 1 {2}A doctor reads a record +200 +Dr\. .+“.+”/,
  / 2 {2}The same diagnosis in the database +sealed +\d+ bytes: [0-9a-f]{48}…/,
  / 3 {2}A doctor of the other clinic asks for it +404 +Dr\. .+: medical-record-not-found/,
  / 4 {2}A receptionist asks for the diagnosis +403 +.+: authorization-refused/,
  / 5 {2}A token is stolen; then its session ends +401 +copied: authentication-token-invalid, authentication-proof-invalid; after the sign-out: authentication-session-ended/,
  / 6 {2}The patient reads who looked, with proofs +verified +\d+ accesses in .+ and .+, each proved; Dr\. .+ for TREAT/,
  / 7 {2}The owner of the database alters an entry +altered +entry (\d+): purpose TREAT became HPAYMT/,
  / 8 {2}careward ledger verify +found +altered: entry (\d+), and none of the other \d+/,
  / 9 {2}The entry is put back, and verified again +whole +\d+ entries/,
];

test('every step shows what it has to, the altered entry is the one that is named, and nothing is left', {
  timeout: TIMEOUT_MS,
}, async () => {
  const TMPDIR = await temporaryFolder();
  const { code, out, notes } = await runCareward(['demo', '--once'], { environment: { TMPDIR } });
  expect(notes).toBe('');
  expect(code).toBe(0);
  const shown = STEPS.map((step) => out.match(step));
  expect(STEPS.filter((_, at) => shown[at] === null)).toEqual([]);
  expect(shown[7]?.[1]).toBe(shown[6]?.[1]);
  expect(out.match(/proves: \S/g)).toHaveLength(STEPS.length);
  expect(out).toMatch(/13 patients with \d+ records, 0 refusals/);
  expect(out).not.toContain('\u001B');
  expect(await readdir(TMPDIR)).toEqual([]);
});

test('bundles of one’s own are used, and a second clinic is made for those of one', {
  timeout: TIMEOUT_MS,
}, async () => {
  const TMPDIR = await temporaryFolder();
  const file = join(await temporaryFolder(), 'own.json');
  await writeSampleBundle(file, { patients: 2 });
  const { code, out, notes } = await runCareward(['demo', '--once', file], { environment: { TMPDIR } });
  expect(notes).toBe('');
  expect(code).toBe(0);
  expect(out).toContain('12 roles in Sample Clinic and in Second Clinic');
  expect(out).toContain('“Sample diagnosis”');
});

test('without --once it serves, with sign-ins and addresses that work, until a signal comes', {
  timeout: TIMEOUT_MS,
}, async () => {
  const TMPDIR = await temporaryFolder();
  const demo = startCareward(['demo'], { environment: { TMPDIR } });
  const [, email = '', password = '', secret = ''] = await demo.waitFor(
    /Harbour Clinic +DOCTOR +(\S+) +(\S+) +([A-Z2-7]{32})\n/,
  );
  await demo.waitFor(/Ctrl-C ends it/);
  const [, authorityFile = '', checkpoint = ''] = await demo.waitFor(/curl --cacert (\S+) (\S+checkpoint)\n/);
  const [, page = ''] = await demo.waitFor(/In a browser: (https:\/\/localhost:\S+)\n/);
  const server = { url: new URL(page).origin, authorityFile };
  expect(await readText({ ...server, path: new URL(checkpoint).pathname })).toContain('\n\n\u2014 ');
  expect(await readText({ ...server, path: new URL(page).pathname })).toContain('<title>Sign in');
  expect(await signInWithApp(server, { email, password, secret })).toBe('signed-in');
  demo.kill('SIGTERM');
  expect(await demo.ended).toMatchObject({ code: 0, notes: '' });
  expect(await readdir(TMPDIR)).toEqual([]);
});

test('bundles without any patient stop it with an error that says so', { timeout: TIMEOUT_MS }, async () => {
  const TMPDIR = await temporaryFolder();
  const file = join(await temporaryFolder(), 'empty.json');
  await writeSampleBundle(file, { patients: 0 });
  const { code, notes } = await runCareward(['demo', '--once', file], { environment: { TMPDIR } });
  expect(code).toBe(1);
  expect(notes).toContain('[cli-demo-step-failed]');
  expect(await readdir(TMPDIR)).toEqual([]);
});

/** Password, then a code of the app; that of the step to come, because the demonstration has used the one of now. */
async function signInWithApp(
  { url, authorityFile }: Server,
  { email, password, secret }: { email: string; password: string; secret: string },
): Promise<string> {
  const client = ApiClient.open({ url, authority: await readFile(authorityFile, 'utf8') });
  const post = (path: string, body: object) => client.get(SignInResult, { method: 'POST', path, body });
  try {
    const first = await post('/api/v1/auth/sign-in', { email, password });
    if (first.status !== 'second-factor-required') return first.status;
    const code = generateSync({ secret, epoch: Math.floor(Date.now() / 1_000) + STEP_SECONDS });
    const { challenge } = first;
    return (await post('/api/v1/auth/sign-in/second-factor', { challenge, code })).status;
  } finally {
    await client.close();
  }
}
