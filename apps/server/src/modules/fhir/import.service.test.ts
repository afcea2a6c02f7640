import { CarewardError } from '@careward/kernel';
import { describe, expect, it } from 'vitest';
import { newClinicId, testClinicContext } from '../../../test-harness/contexts.ts';
import type { ClinicContext } from '../../request-context/index.ts';
import type { ImportRepository } from './import.repository.ts';
import { ImportService } from './import.service.ts';
import type { ImportTarget } from './import-target.ts';
import type { ImportedPatient } from './imported-patient.ts';
import type { OrganizationPlan, PatientPlan, PlanStep } from './reading/index.ts';

const a = testClinicContext(newClinicId());
const b = testClinicContext(newClinicId());

/** Organizations a and a2 are the clinic `a`, everything else is `b`. */
const target: ImportTarget = {
  destinationOf: async ({ ref }: OrganizationPlan) => ({
    context: ref.startsWith('a') ? a : b,
    created: ref === 'a',
  }),
  isKnownClinic: async () => false,
};

/** Remembers what was to be stored; answers everything as created, or fails. */
class Recorder {
  readonly patients: { readonly context: ClinicContext; readonly patient: ImportedPatient }[] = [];
  failure: Error | undefined;

  asRepository(): ImportRepository {
    const upsertPractitioner = async () => ({ id: 'the-practitioner', created: true });
    const upsertPatient = async (context: ClinicContext, patient: ImportedPatient) => {
      if (this.failure !== undefined) throw this.failure;
      this.patients.push({ context, patient });
      return { patients: changes(1), medicalRecords: changes(patient.visits.length) };
    };
    // A repository has private members, so nothing else has its type; these two are what the service calls.
    return { upsertPractitioner, upsertPatient } as unknown as ImportRepository;
  }
}

function changes(created: number) {
  return { created, updated: 0, unchanged: 0 };
}

function organization(ref: string): PlanStep {
  return { kind: 'organization', organization: { ref, sourceIds: [ref], name: ref, known: false } };
}

function visitAt(clinicRef: string, ...keys: readonly string[]): PatientPlan['clinics'][number] {
  const visits = keys.map((sourceKey) => ({
    sourceKey,
    practitionerRef: 'doc',
    visitStart: '2026-03-01T09:00:00+01:00',
    visitEnd: null,
    diagnosis: 'Cough',
    treatment: 'Rest',
  }));
  return { clinicRef, visits };
}

function patient(...clinics: PatientPlan['clinics']): PlanStep {
  const contacts = { phones: [], emails: [], addresses: [] };
  const person = { sourceKey: 'mr|1', name: { text: 'Ann Lee' }, otherNames: [], birthDate: '1980-02-29' };
  const rest = { gender: null, deceasedAt: null, contacts, ssn: null, identifiers: [] };
  return { kind: 'patient', patient: { ...person, ...rest, clinics } };
}

const staff: PlanStep = {
  kind: 'practitioner',
  practitioner: { clinicRef: 'a', ref: 'doc', sourceIds: ['doc'], name: 'Dr. Lee' },
};
const clinics = [organization('a'), organization('a2'), organization('b')];

async function run(recorder: Recorder, steps: readonly PlanStep[], seen: number[] = []) {
  const service = new ImportService(recorder.asRepository());
  return service.run(stream(steps), target, ({ patients }) => void seen.push(patients));
}

async function* stream(steps: readonly PlanStep[]): AsyncGenerator<PlanStep> {
  yield* steps;
}

describe('an import', () => {
  it('stores one row a clinic: organizations that are the same clinic do not fight over it', async () => {
    const recorder = new Recorder();
    const steps = [...clinics, staff, patient(visitAt('a', 'v1'), visitAt('b', 'v2'), visitAt('a2', 'v3'))];
    const report = await run(recorder, steps);
    const stored = recorder.patients.map(({ context, patient: { visits } }) => [
      context.clinicId,
      visits.map(({ sourceKey }) => sourceKey),
    ]);
    expect(stored).toEqual([
      [a.clinicId, ['v1', 'v3']],
      [b.clinicId, ['v2']],
    ]);
    expect(report.clinics).toEqual({ created: 1, existing: 1 });
    expect(report.patients.created).toBe(2);
    expect(report.medicalRecords.created).toBe(3);
  });

  it('names the practitioner in the clinic where the plan put them, and nobody elsewhere', async () => {
    const recorder = new Recorder();
    await run(recorder, [...clinics, staff, patient(visitAt('a', 'v1'), visitAt('b', 'v2'))]);
    const named = recorder.patients.map(({ patient: { visits } }) => visits[0]?.practitionerId);
    expect(named).toEqual(['the-practitioner', null]);
  });

  it('refuses the patient whom a rule refuses, with all visits, and goes on', async () => {
    const recorder = new Recorder();
    recorder.failure = new CarewardError('persistence-value-rejected', {
      category: 'unprocessable',
      publicMessage: 'A value was refused.',
    });
    const seen: number[] = [];
    const report = await run(
      recorder,
      [...clinics, patient(visitAt('a', 'v1', 'v2')), patient(visitAt('b', 'v3'))],
      seen,
    );
    expect(report.patients).toEqual({ created: 0, updated: 0, unchanged: 0, refused: 2 });
    expect(report.medicalRecords.refused).toBe(3);
    expect(report.refusals.map(({ code }) => code)).toEqual(Array(2).fill('persistence-value-rejected'));
    expect(seen).toEqual([1, 2]);
  });

  it('stops when the database is gone, instead of refusing everybody who is left', async () => {
    const recorder = new Recorder();
    recorder.failure = new CarewardError('persistence-unavailable', {
      category: 'unavailable',
      publicMessage: 'Later.',
    });
    await expect(run(recorder, [...clinics, patient(visitAt('a', 'v1'))])).rejects.toBe(recorder.failure);
  });

  it('counts what the plan refused by what was lost with it', async () => {
    const refusal = (lost: 'file' | 'patient' | 'visit' | 'part'): PlanStep => ({
      kind: 'refusal',
      refusal: { file: 'f.json', resource: 'X/1', code: 'fhir-name-missing', reason: 'No name.', lost },
    });
    const report = await run(new Recorder(), [
      refusal('file'),
      refusal('patient'),
      refusal('visit'),
      refusal('part'),
    ]);
    expect(report).toMatchObject({ patients: { refused: 1 }, medicalRecords: { refused: 1 } });
    expect(report.refusals).toEqual(
      Array(4).fill({ file: 'f.json', resource: 'X/1', code: 'fhir-name-missing', reason: 'No name.' }),
    );
  });
});
