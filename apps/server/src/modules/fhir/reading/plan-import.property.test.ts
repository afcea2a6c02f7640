import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PlanStep } from './import-plan.ts';
import { planImport } from './plan-import.ts';
import { bufferSource } from './random-access-source.ts';
import { all, bundle, type Resource } from './test-harness/small-bundle.ts';

const CANARY = 'Zylophant';
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    CANARY,
    [CANARY],
    { reference: CANARY },
    [{ system: CANARY, value: CANARY }],
    [{ text: `${CANARY}\u0000` }],
    null,
  ),
);
const damage = fc.record({ resource: fc.nat(), member: fc.nat(), value: odd, remove: fc.boolean() });

async function plan(resources: readonly Resource[]): Promise<PlanStep[]> {
  const source = bufferSource('x.json', Buffer.from(JSON.stringify(bundle(...resources))));
  const steps: PlanStep[] = [];
  for await (const step of planImport([source])) steps.push(step);
  return steps;
}

function damaged(
  resources: readonly Resource[],
  damages: readonly { resource: number; member: number; value: unknown; remove: boolean }[],
) {
  const copies = structuredClone(resources) as Resource[];
  for (const { resource, member, value, remove } of damages) {
    const target = copies[resource % copies.length];
    const names = Object.keys(target ?? {}).filter((name) => name !== 'resourceType');
    const name = names[member % names.length];
    if (target === undefined || name === undefined) continue;
    if (remove) delete target[name];
    else target[name] = value;
  }
  return copies;
}

test('whatever stands in a bundle, the plan comes to its end and accounts for every visit', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 5 }), async (damages) => {
      const steps = await plan(damaged(all, damages));
      const planned = steps.flatMap((step) =>
        step.kind === 'patient' ? step.patient.clinics.flatMap(({ visits }) => visits) : [],
      );
      const lost = steps.filter((step) => step.kind === 'refusal' && step.refusal.lost === 'visit');
      expect(planned.length + lost.length).toBe(1);
      expect(steps.at(-1)?.kind).toBe('summary');
    }),
    { numRuns: 1_000 },
  );
});

test('no refusal repeats what stands in a resource', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 5 }), async (damages) => {
      const withoutIds = damages.map((each) => ({ ...each, remove: false }));
      const resources = damaged(all, withoutIds).map((each, index) => ({ ...each, id: all[index]?.id }));
      const refusals = (await plan(resources)).filter((step) => step.kind === 'refusal');
      expect(JSON.stringify(refusals)).not.toContain(CANARY);
    }),
    { numRuns: 1_000 },
  );
});

test('every clinic and practitioner of a patient is announced before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { maxLength: 4 }), async (damages) => {
      const announced = new Set<string>();
      for (const step of await plan(damaged(all, damages))) {
        if (step.kind === 'organization') announced.add(step.organization.ref);
        if (step.kind === 'practitioner') {
          expect(announced).toContain(step.practitioner.clinicRef);
          announced.add(`${step.practitioner.clinicRef} ${step.practitioner.ref}`);
        }
        if (step.kind !== 'patient') continue;
        for (const { clinicRef, visits } of step.patient.clinics) {
          expect(announced).toContain(clinicRef);
          for (const { practitionerRef } of visits) {
            if (practitionerRef !== null) expect(announced).toContain(`${clinicRef} ${practitionerRef}`);
          }
        }
      }
    }),
    { numRuns: 500 },
  );
});
