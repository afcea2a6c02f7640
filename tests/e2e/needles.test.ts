import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sharedDataAbsent } from '@careward/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Answer,
  createTestEnvironment,
  TEST_DATABASE_KIND,
  TestClient,
  type TestEnvironment,
  TestMailbox,
} from '../../apps/server/test-harness/index.ts';
import { freePort, runLogged, startLogged } from './logged-process.ts';
import {
  hireStaff,
  mistakesWith,
  registerUnderTellingKeys,
  type Staff,
  uploadsOf,
  workWithEveryone,
} from './needle-requests.ts';
import { type Find, NeedleSearch } from './needle-search.ts';
import { asSuperuser, tablesOf } from './stored-state.ts';
import { FHIR_FOLDER, pathsOf, syntheaPaths, totals } from './synthea-files.ts';

const IMPORT = fileURLToPath(new URL('./import-child.ts', import.meta.url));
const OTHER_FOLDERS = ['carin-bb-2.0.0-examples', 'appointments'];
const SECONDS = 1_000;

describe.skipIf(FHIR_FOLDER === undefined)(
  `nothing that identifies a patient (${FHIR_FOLDER ?? sharedDataAbsent})`,
  () => {
    const search = new NeedleSearch();
    const refusals: Answer[] = [];
    let environment: TestEnvironment;
    let importOutput = '';
    let serverOutput = '';
    let metrics = '';
    let publicLedger = '';
    let worked: Awaited<ReturnType<typeof workWithEveryone>>;

    beforeAll(async () => {
      const metricsPort = await freePort();
      environment = await createTestEnvironment({
        CAREWARD_LOG_LEVEL: 'debug',
        CAREWARD_METRICS_PORT: String(metricsPort),
      });
      const importing = runLogged(IMPORT, [...syntheaPaths(), ...pathsOf(...OTHER_FOLDERS)], environment);
      expect(await importing.exited, importing.output()).toBe(0);
      importOutput = importing.output();
      const server = await startLogged(environment);
      const nobody = await TestClient.of(server.address);
      const staff = await hireStaff(
        { nobody, mailbox: new TestMailbox(environment.home) },
        server.address.setupCode,
      );
      await exercise(staff);
      metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      publicLedger = (await nobody.get('/api/v1/ledger/checkpoint')).text;
      nobody.close();
      server.child.kill('SIGTERM');
      expect(await server.exited).toBe(0);
      serverOutput = server.output();
    }, 300 * SECONDS);
    afterAll(() => environment.remove());

    async function exercise(staff: Staff): Promise<void> {
      worked = await workWithEveryone(staff);
      const values = search.values;
      for (const value of values) refusals.push(...(await mistakesWith(value, staff)));
      refusals.push(...(await uploadsOf([...syntheaPaths().slice(0, 2), ...pathsOf('appointments')], staff)));
      await registerUnderTellingKeys(staff, values);
      // Once more, so that the logs of accesses show what the mistakes have left behind.
      worked.accessLogs.push(...(await workWithEveryone(staff).catch(() => worked)).accessLogs);
    }

    it('has been missed: all were imported, read, searched for and got wrong', () => {
      expect(importOutput).toContain(`"patients":{"created":${totals().patients},`);
      expect(worked.patients).toBe(totals().patients);
      expect(refusals.filter(({ status }) => status >= 400).length).toBeGreaterThan(
        search.values.length * 20,
      );
      expect(refusals.filter(({ status }) => status >= 500).map(({ text }) => text)).toEqual([]);
      expect(serverOutput.match(/"msg":"request"/g)?.length ?? 0).toBeGreaterThan(refusals.length);
    });

    it('is in the logs, of the import and of the server, at level debug', () => {
      expect(search.inBytes(Buffer.from(importOutput), 'import')).toEqual([]);
      expect(search.inBytes(Buffer.from(serverOutput), 'server')).toEqual([]);
    });

    it('is in an error’s body or headers', () => {
      const finds = refusals
        .filter(({ status }) => status >= 300)
        .flatMap(({ status, headers, text }) => [
          ...search.inBytes(Buffer.from(text), `body of ${status}`),
          ...search.inBytes(Buffer.from(JSON.stringify(headers)), `headers of ${status}`),
        ]);
      expect(finds).toEqual([]);
    });

    it('is in metrics, checkpoints, access logs or proofs', () => {
      expect(metrics).toContain('careward');
      expect(worked.accessLogs.join('')).toContain('careward-inclusion-proof-v1');
      expect(search.inBytes(Buffer.from(metrics), 'metrics')).toEqual([]);
      expect(search.inBytes(Buffer.from(publicLedger), 'checkpoint')).toEqual([]);
      expect(search.inBytes(Buffer.from(worked.accessLogs.join('\n')), 'access logs')).toEqual([]);
    });

    it(
      `is in a column of a table, on ${TEST_DATABASE_KIND}`,
      async () => {
        const { finds, fields } = await searchTables(environment, search);
        expect(fields).toBeGreaterThan(10_000);
        expect(finds).toEqual([]);
      },
      120 * SECONDS,
    );

    it(
      'is in a file of the home folder: keys, checkpoints, and the database with its write-ahead log',
      async () => {
        const files = await filesOf(environment.home);
        if (TEST_DATABASE_KIND === 'embedded') {
          expect(files.some((path) => path.includes('pg_wal'))).toBe(true);
        }
        const finds: Find[] = [];
        for (const path of files) finds.push(...search.inBytes(await readFile(path), path));
        expect(finds).toEqual([]);
      },
      120 * SECONDS,
    );
  },
);

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/**
 * Every field of every table as it is stored, compression undone. Points in time are left out: they hold no text, and somebody's
 * visit may be on the day of somebody's birth.
 */
async function searchTables(environment: TestEnvironment, search: NeedleSearch) {
  return asSuperuser(environment, async (query) => {
    const finds: Find[] = [];
    let fields = 0;
    for (const table of await tablesOf(query)) {
      const columns = await query(
        `select attname as name, format_type(atttypid, null) as type from pg_attribute
          where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
        [`"${table}"`],
      );
      const kept = columns.filter(({ type }) => !String(type).startsWith('timestamp'));
      const list = kept
        .map(({ name, type }) => (type === 'bytea' ? `"${name}"` : `"${name}"::text`))
        .join(', ');
      for (const row of await query(`select ${list} from "${table}"`, [])) {
        for (const [column, field] of Object.entries(row)) {
          if (field === null) continue;
          fields += 1;
          finds.push(...search.inField(field as string | Buffer, `${table}.${column}`));
        }
      }
    }
    return { finds, fields };
  });
}
