import type { PatientPlan, PlanOptions, PlanStep } from '../import-plan.ts';
import { planImport } from '../plan-import.ts';
import { bufferSource } from '../random-access-source.ts';

export type Resource = Record<string, unknown> & { resourceType: string };
type Entry = { fullUrl?: string; resource: Resource };

export const org = '11111111-1111-4111-8111-111111111111';
export const doc = '22222222-2222-4222-8222-222222222222';
export const pat = '33333333-3333-4333-8333-333333333333';
export const enc = '44444444-4444-4444-8444-444444444444';
export const npi = 'http://hl7.org/fhir/sid/us-npi';

export const hospital: Resource = {
  resourceType: 'Organization',
  id: org,
  name: 'Saint Mary',
  identifier: [{ system: npi, value: '77' }],
};
export const doctor: Resource = {
  resourceType: 'Practitioner',
  id: doc,
  name: [{ family: 'Lee', given: ['Ann'] }],
};
export const patient: Resource = {
  resourceType: 'Patient',
  id: pat,
  name: [{ family: 'Schowalter414', given: ['Bibi254'] }],
  birthDate: '1980-02-29',
};
export const visit: Resource = {
  resourceType: 'Encounter',
  id: enc,
  status: 'finished',
  class: { code: 'AMB' },
  type: [{ text: 'Encounter for problem' }],
  subject: { reference: `urn:uuid:${pat}` },
  participant: [{ individual: { reference: `urn:uuid:${doc}` } }],
  serviceProvider: { reference: `urn:uuid:${org}` },
  period: { start: '2020-03-01T22:58:04-08:00', end: '2020-03-02T01:00:00-08:00' },
};
export const cough: Resource = {
  resourceType: 'Condition',
  id: 'c1',
  code: { coding: [{ system: 'http://snomed.info/sct', code: '49727002', display: 'Cough (finding)' }] },
  subject: { reference: `urn:uuid:${pat}` },
  encounter: { reference: `urn:uuid:${enc}` },
};
export const all = [hospital, doctor, patient, visit, cough];

export function bundle(...resources: readonly Resource[]): object {
  const entry: Entry[] = resources.map((resource) => ({ resource }));
  return { resourceType: 'Bundle', type: 'collection', entry };
}

export async function plan(files: readonly object[], options?: PlanOptions) {
  const sources = files.map((file, index) =>
    bufferSource(`${index}.json`, Buffer.isBuffer(file) ? file : Buffer.from(JSON.stringify(file))),
  );
  const steps: PlanStep[] = [];
  for await (const step of planImport(sources, options)) steps.push(step);
  return {
    steps,
    organizations: steps.flatMap((step) => (step.kind === 'organization' ? step.organization : [])),
    practitioners: steps.flatMap((step) => (step.kind === 'practitioner' ? step.practitioner : [])),
    patients: steps.flatMap((step) => (step.kind === 'patient' ? step.patient : [])),
    refusals: steps.flatMap((step) => (step.kind === 'refusal' ? step.refusal : [])),
    summary: steps.flatMap((step) => (step.kind === 'summary' ? step.summary : []))[0],
  };
}

export function visitsOf(patients: readonly PatientPlan[]) {
  return patients.flatMap((each) => each.clinics.flatMap((clinic) => clinic.visits));
}

export function codes(refusals: readonly { resource: string; code: string }[]): string[] {
  return refusals.map(({ resource, code }) => `${resource} ${code}`);
}
