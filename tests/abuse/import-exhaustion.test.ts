// The attacker administers one clinic and uploads a file that is made to cost: of so many entries that their refusals fill the memory
// of the server, or of references that each mean thousands of organizations. All clinics share the process: other people's requests
// go on meanwhile, and the cost grows with the file and no faster.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bufferSource, planImport } from '../../apps/server/src/modules/fhir/reading/index.ts';
import { startTestServer, type TestServer } from '../../apps/server/test-harness/index.ts';
import { buildTwoClinics, type TwoClinics } from '../../apps/server/test-harness/two-clinics.ts';

let server: TestServer;
let world: TwoClinics;
beforeAll(async () => {
  server = await startTestServer({ CAREWARD_IMPORT_MAX_RESOURCES: '50' });
  world = await buildTwoClinics(server, server.running.setupCode?.reveal() ?? '');
});
afterAll(() => server.stop());

const bundleOf = (entries: readonly string[]) =>
  Buffer.from(`{"resourceType":"Bundle","entry":[${entries.join(',')}]}`);
const upload = (bytes: Buffer) =>
  world.north.staff.CLINIC_ADMIN.with({ 'x-purpose-of-use': 'HOPERAT' }).call(
    'POST',
    '/api/v1/import',
    bytes,
  );

it('a bundle of more resources than allowed is refused whole', async () => {
  expect((await upload(bundleOf(Array(50).fill('{}')))).status).toBe(200);
  const { status, body } = await upload(bundleOf(Array(51).fill('{}')));
  expect([status, body.code]).toEqual([413, 'fhir-too-many-resources']);
});

it('other requests are answered while a file of many entries is read', async () => {
  let turns = 0;
  const others = setInterval(() => (turns += 1), 1);
  for await (const _ of planImport([bufferSource('upload', bundleOf(Array(50_000).fill('{}')))], {}));
  clearInterval(others);
  expect(turns).toBeGreaterThan(10);
});

it('references that mean thousands of organizations cost no more than others', async () => {
  const ordinary = await timeOf((index) => String(index));
  const shared = await timeOf(() => 'the same');
  expect(shared / ordinary).toBeLessThan(3);
});

/** How long a plan takes in which many visits name as many organizations, each by a number. */
async function timeOf(numberOf: (index: number) => string): Promise<number> {
  const numbers = Array.from({ length: 10_000 }, (_, index) => index);
  const bytes = bundleOf([
    entry({ resourceType: 'Patient', id: 'p', birthDate: '1990-01-01', name: [{ text: 'X' }] }),
    ...numbers.map((index) =>
      entry({
        resourceType: 'Organization',
        name: `N${index}`,
        identifier: [{ system: 'urn:x', value: numberOf(index) }],
      }),
    ),
    ...numbers.map((index) =>
      entry({
        resourceType: 'Encounter',
        id: `e${index}`,
        status: 'finished',
        subject: { reference: 'Patient/p' },
        serviceProvider: { reference: `Organization?identifier=urn:x|${numberOf(index)}` },
      }),
    ),
  ]);
  const startedAt = performance.now();
  for await (const _ of planImport([bufferSource('upload', bytes)], { isKnownClinic: () => false }));
  return performance.now() - startedAt;
}

function entry(resource: object): string {
  return JSON.stringify({ resource });
}
