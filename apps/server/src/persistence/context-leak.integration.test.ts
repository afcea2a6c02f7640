import { asRequestId, newId } from '@careward/kernel';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newClinicId, testClinicContext, testIdentityContext } from '../../test-harness/contexts.ts';
import { openTestDatabase, type TestDatabase } from '../../test-harness/database.ts';
import { type SeededClinic, seedTwoClinics } from '../../test-harness/seeded-clinics.ts';
import { exchange } from './exchange.ts';
import type { ScopedDatabase } from './scoped-database.ts';
import type { Statement } from './statement.ts';

const REQUESTS = 5_000;
const AT_ONCE = 50;

/** What a statement sees of the context it runs in. */
interface Seen {
  readonly role: string;
  readonly clinic: string;
  readonly actor: string;
  readonly scope: string;
  readonly request: string;
}

const SEE = sql<Seen>`select current_user::text as role, current_setting('app.clinic_id') as clinic,
  current_setting('app.actor_id') as actor, current_setting('app.scope') as scope, current_setting('app.request_id') as request`;

/** Statements that fail in parsing, in binding, while running, and by what the database refuses. */
const FAILING = [
  sql`select nonsense from nowhere`,
  sql`select ${'not a number'}::int`,
  sql`select 1 / (select 0 from clinic_key where false union all select 0)`,
  sql`delete from audit_entry`,
  sql`select 1 where`,
  sql`insert into clinic_key (clinic_id, key_version, wrapped) values (gen_random_uuid(), 1, '')`,
];

describe('the context of a request', () => {
  let test: TestDatabase;
  let clinics: SeededClinic[];
  beforeAll(async () => {
    test = await openTestDatabase();
    const { a, b } = await seedTwoClinics(test.database);
    clinics = [a, b];
  });
  afterAll(() => test.close());

  it(`is its own in ${REQUESTS} requests at once, of several clinics, roles and scopes, one in four of them failing`, async () => {
    const wrong: unknown[] = [];
    let failed = 0;
    const request = async (n: number) => {
      const { scope, expected, ownPatients } = makeRequest(test, clinics, n);
      const failing = n % 4 === 3 ? FAILING[n % FAILING.length] : undefined;
      const outcome = await attempt(scope, n, failing?.compile(scope.build), ownPatients);
      if (outcome === 'failed') failed += 1;
      else if (JSON.stringify(outcome) !== JSON.stringify(expected)) wrong.push({ outcome, expected });
    };
    for (let n = 0; n < REQUESTS; n += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, k) => request(n + k)));
    }
    expect(wrong).toEqual([]);
    expect(failed).toBe(REQUESTS / 4);
    expect(await restingState(test)).toEqual([{ role: 'careward_none', clinic: '', actor: '', request: '' }]);
  });
});

/** What the request sees; for requests in a clinic with the clinics of the patients it can read. */
type Outcome = (Seen & { patientsOf: readonly string[] }) | 'failed';

async function attempt(
  scope: ScopedDatabase,
  n: number,
  failing: Statement | undefined,
  readsPatients: boolean,
): Promise<Outcome> {
  const see = SEE.compile(scope.build);
  const patients = readsPatients
    ? scope.build.selectFrom('patient').select('clinic_id').distinct()
    : sql<{ clinic_id: string }>`select '' as clinic_id where false`.compile(scope.build);
  const statements = failing === undefined ? [see, patients] : [see, patients, failing];
  try {
    const [seen, rows] = (await (n % 3 === 0
      ? inTransaction(scope, statements)
      : scope.batch(statements))) as [Seen[], { clinic_id: string }[]];
    const [only] = seen;
    if (only === undefined) throw new Error('no row');
    return { ...only, patientsOf: rows.map((row) => row.clinic_id) };
  } catch {
    return 'failed';
  }
}

function inTransaction(scope: ScopedDatabase, statements: readonly Statement[]): Promise<unknown> {
  return scope.transaction(async (tx) => {
    const results: unknown[] = [];
    for (const statement of statements) results.push(await tx.run(statement));
    return results;
  });
}

function makeRequest(test: TestDatabase, clinics: readonly SeededClinic[], n: number) {
  const clinic = clinics[n % clinics.length];
  if (!clinic) throw new Error('no clinic');
  const origin = { requestId: asRequestId(newId()), address: '192.0.2.1', agent: '' };
  const request = origin.requestId;
  if (n % 5 === 4) {
    const scope = test.database.forIdentity(testIdentityContext({ origin, actorId: clinic.doctorId }));
    const expected = {
      role: 'careward_identity',
      clinic: '',
      actor: clinic.doctorId,
      scope: '',
      request,
      patientsOf: [],
    };
    return { scope, expected, ownPatients: false };
  }
  if (n % 7 === 6) {
    const id = newClinicId();
    const expected = {
      role: 'careward_app',
      clinic: id,
      actor: '',
      scope: 'clinic',
      request,
      patientsOf: [],
    };
    return { scope: test.database.forClinic(testClinicContext(id, { origin })), expected, ownPatients: true };
  }
  const scopeName = n % 2 === 0 ? ('own' as const) : ('clinic' as const);
  const actorId = scopeName === 'own' ? clinic.patientAccountId : clinic.doctorId;
  const context = testClinicContext(clinic.clinicId, { origin, actorId, scope: scopeName });
  const seen = { role: 'careward_app', clinic: clinic.clinicId, actor: actorId, scope: scopeName, request };
  return {
    scope: test.database.forClinic(context),
    expected: { ...seen, patientsOf: [clinic.clinicId] },
    ownPatients: true,
  };
}

/** The distinct states in which the pool's connections rest. */
async function restingState(test: TestDatabase): Promise<unknown[]> {
  const text = `select current_user::text as role, coalesce(current_setting('app.clinic_id', true), '') as clinic,
    coalesce(current_setting('app.actor_id', true), '') as actor, coalesce(current_setting('app.request_id', true), '') as request`;
  const clients = await Promise.all(
    Array.from({ length: test.kind === 'embedded' ? 1 : 8 }, () => test.connection.checkOut()),
  );
  const results = await Promise.all(clients.map((client) => exchange(client, [{ text, values: [] }])));
  for (const client of clients) client.release();
  const states = results.flatMap(([result]) => result?.rows ?? []).map((row) => JSON.stringify(row));
  return [...new Set(states)].map((state) => JSON.parse(state));
}
