import { readFileSync } from 'node:fs';
import { sharedDataAbsent } from '@careward/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildTwoClinics,
  startTestServer,
  type TestClient,
  type TestServer,
  type TwoClinics,
} from '../../apps/server/test-harness/index.ts';
import { FHIR_FOLDER, readBundle, syntheaPaths } from './synthea-files.ts';

const [FILE = '', OTHER_FILE = ''] = FHIR_FOLDER === undefined ? [] : syntheaPaths();
const SECONDS = 1_000;
const IMPORT_LIMIT = 2 ** 21;

interface Report {
  readonly clinics: { readonly created: number; readonly existing: number };
  readonly patients: { readonly created: number; readonly unchanged: number };
  readonly medicalRecords: { readonly created: number; readonly unchanged: number };
  readonly refusals: readonly { readonly code: string }[];
}
interface Items<T> {
  readonly items: readonly T[];
}

describe.skipIf(FHIR_FOLDER === undefined)(
  `an upload by a clinic (${FHIR_FOLDER ?? sharedDataAbsent})`,
  () => {
    let server: TestServer;
    let world: TwoClinics;
    beforeAll(async () => {
      server = await startTestServer({ CAREWARD_IMPORT_BODY_BYTES: String(IMPORT_LIMIT) });
      world = await buildTwoClinics(server, server.running.setupCode?.reveal() ?? '');
    }, 120 * SECONDS);
    afterAll(() => server.stop());

    const admin = () => world.north.staff.CLINIC_ADMIN.with({ 'x-purpose-of-use': 'HOPERAT' });
    const fhir = (client: TestClient) => client.with({ 'content-type': 'application/fhir+json' });
    const upload = (client: TestClient, body: unknown) => client.call<Report>('POST', '/api/v1/import', body);

    it('goes into the own clinic whatever organizations it names, and there only', async () => {
      const visits = readBundle(FILE).entry.filter(
        ({ resource }) => resource.resourceType === 'Encounter',
      ).length;
      const { status, body } = await upload(fhir(admin()), readFileSync(FILE));
      expect({ status, ...body }).toMatchObject({
        status: 200,
        clinics: { created: 0, existing: 1 },
        patients: { created: 1, updated: 0, unchanged: 0, refused: 0 },
        medicalRecords: { created: visits, updated: 0, unchanged: 0, refused: 0 },
        refusals: [],
      });
      const mine = await namesOf(world.north.staff.DOCTOR);
      expect(mine).toContain(nameIn(FILE));
      expect(await namesOf(world.south.staff.DOCTOR)).not.toContain(nameIn(FILE));
      const clinics = await world.administrator.get<Items<{ id: string }>>('/api/v1/clinics');
      expect(clinics.body.items.map(({ id }) => id).toSorted()).toEqual(
        [world.north.id, world.south.id].toSorted(),
      );
    });

    it('is the same as application/json: nothing is created twice', async () => {
      const { status, body } = await upload(admin(), readFileSync(FILE));
      expect({ status, ...body }).toMatchObject({ status: 200, patients: { created: 0, unchanged: 1 } });
      expect(body.medicalRecords.created).toBe(0);
    });

    it('gives diagnoses that the clinic’s doctor reads and the neighbour’s does not find', async () => {
      const { DOCTOR } = world.north.staff;
      const { body } = await DOCTOR.post<Items<{ id: string }>>('/api/v1/patients/search', {
        name: nameIn(FILE),
      });
      const path = `/api/v1/patients/${body.items[0]?.id}/medical-records?limit=100`;
      const { body: records } = await DOCTOR.get<Items<{ id: string; diagnosis: string }>>(path);
      const conditions = readBundle(FILE).entry.flatMap(({ resource }) =>
        resource.resourceType === 'Condition' ? (resource.code?.text ?? []) : [],
      );
      const diagnoses = records.items.map(({ diagnosis }) => diagnosis).join('\n');
      expect(conditions.filter((text) => !diagnoses.includes(text))).toEqual([]);
      const record = `/api/v1/medical-records/${records.items[0]?.id}`;
      expect(await DOCTOR.get(record)).toMatchObject({ status: 200 });
      expect(await world.south.staff.DOCTOR.get(record)).toMatchObject({ status: 404 });
      expect(await world.south.staff.DOCTOR.get(path)).toMatchObject({ status: 404 });
    });

    it('may be in both clinics at once, as two rows that know nothing of each other', async () => {
      const south = world.south.staff.CLINIC_ADMIN.with({ 'x-purpose-of-use': 'HOPERAT' });
      const { body } = await upload(fhir(south), readFileSync(FILE));
      expect(body).toMatchObject({
        clinics: { created: 0, existing: 1 },
        patients: { created: 1, unchanged: 0 },
      });
    });

    it('needs the role, the purpose, the clinic and a body of the right kind', async () => {
      const bundle = readFileSync(OTHER_FILE);
      const answers = {
        doctor: await upload(fhir(world.north.staff.DOCTOR), bundle),
        purpose: await upload(fhir(world.north.staff.CLINIC_ADMIN), bundle),
        clinic: await upload(fhir(admin().at(world.south.id)), bundle),
        kind: await upload(admin().with({ 'content-type': 'application/xml' }), bundle),
        elsewhere: await fhir(world.north.staff.RECEPTIONIST).call('POST', '/api/v1/patients', bundle),
      };
      const got = Object.fromEntries(
        Object.entries(answers).map(([name, { status, body }]) => [
          name,
          [status, (body as { code?: string }).code],
        ]),
      );
      expect(got).toEqual({
        doctor: [403, 'authorization-refused'],
        purpose: [400, 'purpose-of-use-required'],
        clinic: [404, 'clinic-not-found'],
        kind: [415, 'request-media-type-unsupported'],
        elsewhere: [415, 'request-media-type-unsupported'],
      });
      expect(await namesOf(world.north.staff.DOCTOR)).not.toContain(nameIn(OTHER_FILE));
    });

    it('has its own limit of size, and every other route keeps the ordinary one', async () => {
      const padded = Buffer.alloc(IMPORT_LIMIT + 1, ' ');
      readFileSync(OTHER_FILE).copy(padded);
      expect(await upload(fhir(admin()), padded)).toMatchObject({ status: 413 });
      const receptionist = world.north.staff.RECEPTIONIST.with({ 'x-purpose-of-use': 'HOPERAT' });
      const large = { name: { text: 'x'.repeat(300_000) }, birthDate: '1980-01-01' };
      expect(await receptionist.post('/api/v1/patients', large)).toMatchObject({ status: 413 });
      expect(await namesOf(world.north.staff.DOCTOR)).not.toContain(nameIn(OTHER_FILE));
    });

    it('of damaged bytes is refused with the reason, and without a word of its content', async () => {
      const whole = readFileSync(OTHER_FILE);
      const damaged: [Buffer, string][] = [
        [whole.subarray(0, whole.length / 2), 'fhir-json-truncated'],
        [Buffer.concat([whole, whole]), 'fhir-several-documents'],
        [Buffer.from('{"resourceType" "Bundle"}'), 'fhir-json-malformed'],
        [Buffer.from('[]'), 'fhir-not-a-resource'],
      ];
      for (const [body, code] of damaged) {
        const answer = await upload(fhir(admin()), body);
        expect(answer).toMatchObject({ body: { code } });
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(answer.status).toBeLessThan(500);
        expect(answer.text).not.toContain(nameIn(OTHER_FILE));
      }
      expect(await upload(fhir(admin()), undefined)).toMatchObject({
        body: { code: expect.stringMatching(/^fhir-/) },
      });
      expect(await namesOf(world.north.staff.DOCTOR)).not.toContain(nameIn(OTHER_FILE));
    });
  },
);

async function namesOf(client: TestClient): Promise<string[]> {
  const { body } = await client.get<Items<{ name: { text: string } }>>('/api/v1/patients?limit=100');
  return body.items.map(({ name }) => name.text);
}

/** The name under which the patient of a file is stored. */
function nameIn(path: string): string {
  const patient = readBundle(path).entry.find(({ resource }) => resource.resourceType === 'Patient');
  const [name] = (patient?.resource.name ?? []) as { given: string[]; family: string }[];
  return `${name?.given.join(' ')} ${name?.family}`;
}
