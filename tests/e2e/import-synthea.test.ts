import { sharedDataAbsent } from '@careward/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestEnvironment, TEST_DATABASE_KIND } from '../../apps/server/test-harness/index.ts';
import { settle } from '../../apps/server/test-harness/ledger.ts';
import { readableState, rowsByClinic, tableFingerprints, withPlatform } from './stored-state.ts';
import { countsByClinic, FHIR_FOLDER, pathsOf, resourcesOf, syntheaPaths, totals } from './synthea-files.ts';

/** Pinned, so that a file that is lost or read differently on one database cannot agree with itself. */
const EXPECTED = { clinics: 31, practitioners: 23, patients: 26, medicalRecords: 239 };
const SECONDS = 1_000;

describe.skipIf(FHIR_FOLDER === undefined)(
  `import of the Synthea files (${FHIR_FOLDER ?? sharedDataAbsent})`,
  () => {
    let environment: Awaited<ReturnType<typeof createTestEnvironment>>;
    let report: Awaited<ReturnType<typeof importAll>>;
    const importAll = (paths = syntheaPaths()) =>
      withPlatform(environment, (platform) => platform.operatorImport.run(paths));

    beforeAll(async () => {
      environment = await createTestEnvironment();
      report = await importAll();
    }, 120 * SECONDS);
    afterAll(() => environment.remove());

    it('counts what the plain JSON counts, and refuses nothing', () => {
      const { clinics, practitioners, patients, medicalRecords } = totals();
      expect({ clinics, practitioners, patients, medicalRecords }).toEqual(EXPECTED);
      expect(report).toMatchObject({
        files: syntheaPaths().length,
        clinics: { created: clinics, existing: 0 },
        practitioners: { created: practitioners, existing: 0 },
        patients: { created: patients, updated: 0, unchanged: 0, refused: 0 },
        medicalRecords: { created: medicalRecords, updated: 0, unchanged: 0, refused: 0 },
        refusals: [],
      });
      expect(new Set(resourcesOf('Patient').map(({ id }) => id)).size).toBe(18);
    });

    it(`has stored in each clinic what belongs to it, on ${TEST_DATABASE_KIND}`, async () => {
      expect(await rowsByClinic(environment)).toEqual(countsByClinic());
    });

    it(
      'a second import changes no row of any table, the audit log included',
      async () => {
        const before = await tableFingerprints(environment);
        expect(before.medical_record).toMatch(new RegExp(`^${EXPECTED.medicalRecords} `));
        const { clinics, practitioners, patients, medicalRecords, refusals } = await importAll();
        expect({ clinics, practitioners, patients, medicalRecords, refusals }).toEqual({
          clinics: { created: 0, existing: EXPECTED.clinics },
          practitioners: { created: 0, existing: EXPECTED.practitioners },
          patients: { created: 0, updated: 0, unchanged: EXPECTED.patients, refused: 0 },
          medicalRecords: { created: 0, updated: 0, unchanged: EXPECTED.medicalRecords, refused: 0 },
          refusals: [],
        });
        expect(await tableFingerprints(environment)).toEqual(before);
      },
      120 * SECONDS,
    );

    it('opens to the names, days and visits of the files', async () => {
      const state = (await withPlatform(environment, readableState)).map(
        (text) => JSON.parse(text) as { birthDate: string; name: { text: string }; visits: string[] },
      );
      const byName = Map.groupBy(state, ({ name }) => name.text);
      for (const patient of resourcesOf('Patient')) {
        const [name] = patient.name as { given: string[]; family: string }[];
        const rows = byName.get(`${name?.given.join(' ')} ${name?.family}`) ?? [];
        expect(rows.map(({ birthDate }) => birthDate)).toContain(patient.birthDate);
        const visits = rows.flatMap((row) =>
          row.visits.map((visit) => JSON.parse(visit).visitStart as string),
        );
        const starts = resourcesOf('Encounter')
          .filter(({ subject }) => subject?.reference.endsWith(patient.id))
          .map(({ period }) => new Date(period?.start ?? '').toISOString());
        expect(visits.toSorted()).toEqual(starts.toSorted());
      }
    });

    it('every write has its entry, and the ledger over them is whole', async () => {
      const ledger = await withPlatform(environment, async ({ sequencer, ledgerVerification }) => {
        await settle(sequencer);
        return ledgerVerification.verify();
      });
      expect(ledger).toMatchObject({ ok: true, findings: [], pending: 0 });
      const { clinics, patients, medicalRecords } = EXPECTED;
      expect(ledger.size).toBeGreaterThanOrEqual(clinics + patients + medicalRecords);
    });

    it('claims and appointments of other makes are refused with their reason, and nothing of them goes in', async () => {
      const others = await importAll(pathsOf('carin-bb-2.0.0-examples', 'appointments'));
      expect(others.patients).toEqual({ created: 0, updated: 0, unchanged: 0, refused: 5 });
      expect(others.medicalRecords).toEqual({ created: 0, updated: 0, unchanged: 0, refused: 0 });
      const reasons = Map.groupBy(others.refusals, ({ code }) => code);
      expect([...reasons].map(([code, list]) => [code, list.length]).toSorted()).toEqual([
        ['fhir-clinic-missing', 2],
        ['fhir-version-unsupported', 5],
      ]);
      for (const { file, resource, reason } of others.refusals) {
        expect([file, resource, reason].every((text) => text.length > 0)).toBe(true);
      }
    });
  },
);
