/**
 * What it costs to seal and open a cell, against the same cipher of node:crypto called with nothing around it: no envelope, no
 * place, one nonce for ever. Processor time of this process.
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
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

await measure('A field of 100 bytes', 'x'.repeat(100), 20_000, { unit: 'fields/s', perOperation: 1 });
await measure('A value of 1 MB', 'x'.repeat(1_000_000), 40, { unit: 'MB/s', perOperation: 1 });

type Rate = Parameters<typeof printCosts>[2];

async function measure(title: string, text: string, operations: number, rate: Rate): Promise<void> {
  const sealed = sealCell(key, PLACE, text);
  const bareSealed = bareSeal(bareKey, text);
  const subject = (name: string, work: () => unknown) => ({
    name,
    round: () => processorMicros(operations, () => repeat(operations, work)),
  });
  const [bareSealing, sealing, bareOpening, opening] = await measureSideBySide(
    [
      subject('node:crypto, encrypt', () => bareSeal(bareKey, text)),
      subject('vault, seal', () => sealCell(key, PLACE, text)),
      subject('node:crypto, decrypt', () => bareOpen(bareKey, bareSealed)),
      subject('vault, open', () => openCell(key, PLACE, sealed).toString('utf8')),
    ],
    ROUNDS,
  );
  if (!bareSealing || !sealing || !bareOpening || !opening) return;
  printCosts(`${title}: seal`, [bareSealing, sealing], rate);
  printCosts(`${title}: open`, [bareOpening, opening], rate);
}

function repeat(times: number, work: () => unknown): void {
  for (let left = times; left > 0; left -= 1) work();
}

function bareSeal(under: KeyObject, text: string): { text: Buffer; tag: Buffer } {
  const cipher = createCipheriv('aes-256-gcm', under, nonce);
  const sealed = cipher.update(text, 'utf8');
  cipher.final();
  return { text: sealed, tag: cipher.getAuthTag() };
}

function bareOpen(under: KeyObject, sealed: { text: Buffer; tag: Buffer }): string {
  const decipher = createDecipheriv('aes-256-gcm', under, nonce);
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
