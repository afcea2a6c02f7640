import { expect, test } from 'vitest';
import {
  bundle,
  cough,
  doctor,
  enc,
  hospital,
  patient,
  plan,
  type Resource,
  visit,
  visitsOf,
} from './test-harness/small-bundle.ts';

const MANY = 5_000;

function many(make: (index: number) => Resource): Resource[] {
  return Array.from({ length: MANY }, (_, index) => make(index));
}

/** The work has to grow with the file, not with its square: these files are small to send. */
test.each<[string, Resource[]]>([
  [
    'one identifier on thousands of organizations',
    many((index) => ({ ...hospital, id: `o${index}`, name: `Clinic ${index}` })),
  ],
  [
    'one id on thousands of patients',
    many((index) => ({
      ...patient,
      id: 'p',
      birthDate: `1980-01-${(index % 28) + 1}`,
      identifier: [{ system: 'x', value: `${index}` }],
    })),
  ],
  [
    'thousands of visits and diagnoses of no visit',
    [
      hospital,
      doctor,
      patient,
      ...many((index) => ({ ...visit, id: `e${index}` })),
      ...many((index) => ({
        ...cough,
        id: `c${index}`,
        encounter: undefined,
        onsetDateTime: '2020-03-02T08:00:00Z',
      })),
    ],
  ],
  [
    'thousands of diagnoses of one visit',
    [hospital, doctor, patient, visit, ...many((index) => ({ ...cough, id: `c${index}` }))],
  ],
])('%s are planned in seconds', { timeout: 20_000 }, async (_, resources) => {
  const visits = many((index) => ({ ...visit, id: `v${index}`, subject: { reference: 'Patient/p' } }));
  const started = performance.now();
  await plan([bundle(...resources, ...visits)]);
  expect(performance.now() - started).toBeLessThan(10_000);
});

test('a diagnosis given many times is written once', async () => {
  const { patients } = await plan([
    bundle(hospital, doctor, patient, visit, ...many((index) => ({ ...cough, id: `c${index}` }))),
  ]);
  expect(visitsOf(patients)).toMatchObject([
    { sourceKey: enc, diagnosis: 'Cough (finding) [SNOMED CT 49727002]' },
  ]);
});
