/**
 * What it costs to seal and open a cell, against the same cipher of node:crypto called with nothing around it: no envelope, no
 * place, one nonce for ever. Processor time of this process.
 */
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { systemClock } from '@careward/kernel';
import {
  type CellPlace,
  type DataKey,
  Keyring,
  MemoryRegionKeyStore,
  openCell,
  sealCell,
} from '@careward/vault';
import { measureSideBySide, printCosts, processorMicros } from '../harness/measure.ts';

const ROUNDS = 15;
const PATIENT = '019a0000-0000-7000-8000-00000000000b';
const PLACE: CellPlace = {
  region: 'local',
  clinicId: '019a0000-0000-7000-8000-00000000000a',
  patientId: PATIENT,
  table: 'medical_record_version',
  column: 'diagnosis',
  rowId: '019a0000-0000-7000-8000-00000000000c/1',
};

const key = await patientKey();
const bareKey = createSecretKey(randomBytes(32));
const nonce = randomBytes(12);

const field = textOf(100);
const large = textOf(1_000_000);
await measure(
  'Seal a field of 100 bytes',
  field,
  1.8,
  () => bareSeal(field.text),
  () => sealCell(key, PLACE, field.text),
);
await measure(
  'Open a field of 100 bytes',
  field,
  1.8,
  () => bareOpen(field.bareSealed),
  () => openText(field.sealed),
);
await measure(
  'Seal a value of 1 MB',
  large,
  5,
  () => bareSeal(large.text),
  () => sealCell(key, PLACE, large.text),
);
await measure(
  'Open a value of 1 MB',
  large,
  1.8,
  () => bareOpen(large.bareSealed),
  () => openText(large.sealed),
);

interface MeasuredText {
  readonly text: string;
  readonly sealed: Buffer;
  readonly bareSealed: BareSealed;
}

interface BareSealed {
  readonly text: Buffer;
  readonly tag: Buffer;
}

function textOf(bytes: number): MeasuredText {
  const text = 'x'.repeat(bytes);
  return { text, sealed: sealCell(key, PLACE, text), bareSealed: bareSeal(text) };
}

async function measure(
  title: string,
  { text }: MeasuredText,
  budget: number,
  bare: () => unknown,
  vault: () => unknown,
): Promise<void> {
  const operations = text.length < 1_000 ? 20_000 : 40;
  const cost = (work: () => unknown) => processorMicros(operations, () => repeat(operations, work));
  const costs = await measureSideBySide(
    [
      { name: 'node:crypto', round: () => cost(bare) },
      { name: 'vault', round: () => cost(vault), budget },
    ],
    ROUNDS,
  );
  printCosts(title, costs, { unit: 'MB/s', perOperation: text.length / 1_000_000 });
}

function openText(sealed: Buffer): string {
  return openCell(key, PLACE, sealed).toString('utf8');
}

function repeat(times: number, work: () => unknown): void {
  for (let left = times; left > 0; left -= 1) work();
}

function bareSeal(text: string): BareSealed {
  const cipher = createCipheriv('aes-256-gcm', bareKey, nonce);
  const sealed = cipher.update(text, 'utf8');
  cipher.final();
  return { text: sealed, tag: cipher.getAuthTag() };
}

function bareOpen(sealed: BareSealed): string {
  const decipher = createDecipheriv('aes-256-gcm', bareKey, nonce);
  decipher.setAuthTag(sealed.tag);
  const text = decipher.update(sealed.text);
  decipher.final();
  return text.toString('utf8');
}

async function patientKey(): Promise<DataKey> {
  const keyring = new Keyring({
    region: PLACE.region,
    regionKeys: new MemoryRegionKeyStore(),
    clock: systemClock,
  });
  const clinicKey = await keyring.openClinicKey(
    PLACE.clinicId,
    await keyring.createClinicKey(PLACE.clinicId),
  );
  return keyring.openPatientKey(clinicKey, PATIENT, keyring.createPatientKey(clinicKey, PATIENT));
}
