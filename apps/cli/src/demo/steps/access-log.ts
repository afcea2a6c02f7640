import { setTimeout as delay } from 'node:timers/promises';
import { type AccessLogItem, AccessLogPage } from '@careward/api-schema';
import { verifyProofFile } from '@careward/ledger';
import type { ApiClient } from '../../client/api-client.ts';
import type { Shown } from '../narrator.ts';
import type { Scene } from '../scene.ts';
import { personOf } from '../staff.ts';
import { expectShown } from '../step-failed.ts';

/** The log as the patient has seen it: the doctor's read among it, every proof checked. */
export interface SeenLog extends Shown {
  /** The entry of the doctor's read. */
  readonly entryId: string;
}

const TRIES = 100;
const PAUSE_MS = 100;

/** The patient reads who looked, and checks every proof with the public key of the ledger, not with the server. */
export async function patientVerifiesLog({
  server,
  first,
  second,
  patient,
  elsewhere,
  record,
}: Scene): Promise<SeenLog> {
  const { client } = await server.start();
  const verifierKey = (await client.call({ path: '/api/v1/ledger/key' })).text.trim();
  const person = personOf(second, 'PATIENT').client;
  const here = await provedLog(person, first.id, patient.id, record.id);
  const there = elsewhere === undefined ? [] : await provedLog(person, second.id, elsewhere.id);
  const proofs = [...here, ...there].flatMap(({ proof }) => proof ?? []);
  const failed = proofs.filter((proof) => !verifyProofFile(proof, verifierKey).proved);
  expectShown(failed.length === 0, 'the access log', 'proofs that hold', `${failed.length} do not`);
  const read = here.find((item) => isDoctorsRead(item, record.id));
  expectShown(read !== undefined, 'the access log', 'the read of the doctor', 'it is not listed');
  const clinics = elsewhere === undefined ? first.name : `${first.name} and ${second.name}`;
  const text = `${proofs.length} accesses in ${clinics}, each proved; ${read.actorName ?? ''} for ${read.purpose ?? ''} among them`;
  return { outcome: 'verified', text, entryId: read.entryId };
}

/** The first page once the read is in the log; entries come into it within the second. */
async function provedLog(
  person: ApiClient,
  clinicId: string,
  patientId: string,
  recordId?: string,
): Promise<AccessLogItem[]> {
  const path = `/api/v1/patients/${patientId}/access-log?limit=100`;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { items } = await person.get(AccessLogPage, { path, clinicId });
    const proved = items.filter(({ proof }) => proof !== null);
    const isThere = recordId === undefined || proved.some((item) => isDoctorsRead(item, recordId));
    if (isThere && proved.length > 0) return proved;
    await delay(PAUSE_MS);
  }
  return [];
}

function isDoctorsRead({ resourceId, actorRole, outcome }: AccessLogItem, recordId: string): boolean {
  return resourceId === recordId && actorRole === 'DOCTOR' && outcome === 'success';
}
