import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedData, sharedDataAbsent } from '@careward/testing';
import { describe, expect, test } from 'vitest';
import type { PatientPlan, PlanStep } from './import-plan.ts';
import { planImport } from './plan-import.ts';
import { fileSource } from './random-access-source.ts';

const folder = sharedData('fhir');

interface Loaded {
  readonly file: string;
  readonly resource: Record<string, unknown> & { resourceType: string; id?: string };
}

/** Every resource of the folders, read the plain way. */
function load(...folders: readonly string[]): Loaded[] {
  return paths(...folders).flatMap((path) => {
    const json = JSON.parse(readFileSync(path, 'utf8')) as Loaded['resource'] & {
      entry?: { resource: Loaded['resource'] }[];
    };
    return (json.entry ?? [{ resource: json }]).map(({ resource }) => ({ file: path, resource }));
  });
}

function paths(...folders: readonly string[]): string[] {
  return folders.flatMap((name) => {
    const path = join(folder ?? '', name);
    return readdirSync(path).map((file) => join(path, file));
  });
}

async function plan(...folders: readonly string[]): Promise<PlanStep[]> {
  const sources = await Promise.all(paths(...folders).map((path) => fileSource(path)));
  const steps: PlanStep[] = [];
  for await (const step of planImport(sources)) steps.push(step);
  await Promise.all(sources.map((source) => source.close()));
  return steps;
}

function patientsOf(steps: readonly PlanStep[]): PatientPlan[] {
  return steps.flatMap((step) => (step.kind === 'patient' ? step.patient : []));
}

function ofType(loaded: readonly Loaded[], ...types: readonly string[]): Loaded['resource'][] {
  return loaded
    .filter(({ resource }) => types.includes(resource.resourceType))
    .map(({ resource }) => resource);
}

describe.skipIf(folder === undefined)(`the shared FHIR files (${folder ?? sharedDataAbsent})`, () => {
  const synthea = ['smart-r4', 'covid-juvenile'];

  test('all Synthea patients, visits and clinics go in, and nothing is refused', async () => {
    const loaded = load(...synthea);
    const steps = await plan(...synthea);
    const patients = patientsOf(steps);
    const distinct = (type: string) => new Set(ofType(loaded, type).map(({ id }) => id)).size;
    expect(steps.filter((step) => step.kind === 'refusal')).toEqual([]);
    expect(patients).toHaveLength(18);
    expect(patients).toHaveLength(distinct('Patient'));
    expect(steps.filter((step) => step.kind === 'organization')).toHaveLength(distinct('Organization'));
    const visits = patients.flatMap((each) => each.clinics.flatMap((clinic) => clinic.visits));
    expect(visits.map(({ sourceKey }) => sourceKey).toSorted()).toEqual(
      ofType(loaded, 'Encounter')
        .map(({ id }) => id)
        .toSorted(),
    );
  });

  test('each visit is in the clinic of its organization, with its practitioner and its diagnoses', async () => {
    const loaded = load(...synthea);
    const names = new Map(ofType(loaded, 'Organization').map(({ id, name }) => [`urn:uuid:${id}`, name]));
    const steps = await plan(...synthea);
    const clinics = new Map(
      steps.flatMap((step) =>
        step.kind === 'organization' ? [[step.organization.ref, step.organization.name]] : [],
      ),
    );
    const visits = new Map(
      patientsOf(steps).flatMap(({ clinics: parts }) =>
        parts.flatMap(({ clinicRef, visits: list }) =>
          list.map((visit) => [visit.sourceKey, { clinic: clinics.get(clinicRef), ...visit }]),
        ),
      ),
    );
    for (const encounter of ofType(loaded, 'Encounter')) {
      const { serviceProvider, participant } = encounter as {
        serviceProvider?: { reference: string };
        participant?: unknown[];
      };
      const visit = visits.get(encounter.id ?? '');
      expect(visit?.clinic).toBe(names.get(serviceProvider?.reference ?? ''));
      expect(visit?.practitionerRef === null).toBe((participant ?? []).length === 0);
    }
    for (const condition of ofType(loaded, 'Condition')) {
      const { encounter, code } = condition as unknown as {
        encounter: { reference: string };
        code: { text: string };
      };
      expect(visits.get(encounter.reference.slice('urn:uuid:'.length))?.diagnosis).toContain(code.text);
    }
  });

  test('everything else is counted by its type', async () => {
    const taken = [
      'Patient',
      'Encounter',
      'Organization',
      'Practitioner',
      'Condition',
      'Procedure',
      'MedicationRequest',
      'Immunization',
    ];
    const ignored: Record<string, number> = {};
    for (const { resource } of load(...synthea)) {
      if (!taken.includes(resource.resourceType))
        ignored[resource.resourceType] = (ignored[resource.resourceType] ?? 0) + 1;
    }
    const [summary] = (await plan(...synthea)).flatMap((step) =>
      step.kind === 'summary' ? step.summary : [],
    );
    const { Practitioner: idle, ...others } = summary?.ignored ?? {};
    expect(others).toEqual(ignored);
    expect(idle).toBeGreaterThan(0);
    expect(summary?.resources).toBe(load(...synthea).length);
  });

  test('names, numbers and deaths are those of the files', async () => {
    const byId = new Map(ofType(load(...synthea), 'Patient').map((patient) => [patient.id, patient]));
    const patients = patientsOf(await plan(...synthea));
    expect(patients.filter(({ deceasedAt }) => deceasedAt !== null)).toHaveLength(3);
    expect(patients.filter(({ otherNames }) => otherNames.length > 0)).toHaveLength(3);
    expect(patients.every(({ ssn }) => /^999\d{6}$/.test(ssn ?? ''))).toBe(true);
    expect(patients.every(({ contacts }) => contacts.phones.every((phone) => /^\d{10}$/.test(phone)))).toBe(
      true,
    );
    const texts = [...byId.values()].map(({ name }) => (name as { family: string; given: string[] }[])[0]);
    expect(patients.map(({ name }) => name.text).toSorted()).toEqual(
      texts.map((name) => `${name?.given.join(' ')} ${name?.family}`).toSorted(),
    );
  });

  test('DSTU2 patients and patients without a clinic are the only refusals of the other folders', async () => {
    const steps = await plan('appointments', 'carin-bb-2.0.0-examples');
    const refusals = steps.flatMap((step) => (step.kind === 'refusal' ? step.refusal : []));
    const counts = Object.fromEntries(
      Map.groupBy(refusals, ({ code }) => code)
        .entries()
        .map(([code, list]) => [code, list.length]),
    );
    expect(counts).toEqual({ 'fhir-version-unsupported': 5, 'fhir-clinic-missing': 2 });
    const clinics = steps.flatMap((step) => (step.kind === 'organization' ? step.organization.name : []));
    expect(clinics).toHaveLength(7);
    expect(clinics.join()).not.toMatch(/payer|insurance|UPMC/i);
  });
});
