import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { signIn } from './https-calls.ts';
import { runCareward, startCareward } from './run-careward.ts';
import { writeSampleBundle } from './sample-bundle.ts';
import { temporaryFolder } from './temporary-folder.ts';

const TIMEOUT_MS = 120_000;

const STEPS = [
  / 1 {2}A doctor reads a record +200 +Dr\. .+“.+”/,
  / 2 {2}The same diagnosis in the database +sealed +\d+ bytes: [0-9a-f]{48}…/,
  / 3 {2}A doctor of the other clinic asks for it +404 +Dr\. .+: medical-record-not-found/,
  / 4 {2}A receptionist asks for the diagnosis +403 +.+: authorization-refused/,
  / 5 {2}The patient reads who looked, with proofs +verified +\d+ accesses in .+ and .+, each proved; Dr\. .+ for TREAT/,
  / 6 {2}The owner of the database alters an entry +altered +entry (\d+): purpose TREAT became HPAYMT/,
  / 7 {2}careward ledger verify +found +altered: entry (\d+), and none of the other \d+/,
  / 8 {2}The entry is put back, and verified again +whole +\d+ entries/,
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
  expect(shown[6]?.[1]).toBe(shown[5]?.[1]);
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

test('without --once it serves, with sign-ins that work, until a signal comes', {
  timeout: TIMEOUT_MS,
}, async () => {
  const TMPDIR = await temporaryFolder();
  const demo = startCareward(['demo'], { environment: { TMPDIR } });
  const [, email, password] = await demo.waitFor(/Harbour Clinic +DOCTOR +(\S+) +(\S+)/);
  const [, authority, url] = await demo.waitFor(/--cacert (\S+) .+ (https:\S+)\/api\/v1\/auth\/sign-in/);
  await demo.waitFor(/Ctrl-C ends it/);
  expect(
    await signIn({
      url: url ?? '',
      authorityFile: authority ?? '',
      email: email ?? '',
      password: password ?? '',
    }),
  ).toBe(200);
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
