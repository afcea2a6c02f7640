// The attacker reads logs and error messages: a support ticket with a screenshot, a log collector with too many readers. They make
// requests fail in every way there is, with health information in every place of the request, and look for it in the answers and
// in everything that the server writes to its output.
import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestServer } from '../../apps/server/test-harness/index.ts';
import { buildTwoClinics, type TwoClinics } from '../../apps/server/test-harness/two-clinics.ts';
import { endpointsOf } from '../e2e/world/endpoint-table.ts';
import { emailOf, type SignedIn, signIn } from '../e2e/world/people.ts';
import { requestTo } from '../e2e/world/requests.ts';
import { Wire } from '../e2e/world/wire.ts';

/** Health information of one person, as it could stand in any place of a request. */
const NEEDLES = [
  'Qwyzlethorpe',
  '912-34-5678',
  '912345678',
  'MR98765432',
  'qwyz@example.org',
  'glioblastoma',
  'hunter2hunter2hunter2',
];
const ALL = NEEDLES.join(' ');

let server: Awaited<ReturnType<typeof startTestServer>>;
let world: TwoClinics;
let wire: Wire;
let output = '';
beforeAll(async () => {
  const write = fs.writeSync;
  vi.spyOn(fs, 'writeSync').mockImplementation(((fd: number, data: string | Uint8Array, ...rest: never[]) => {
    if (fd !== 1) return write(fd, data as never, ...rest);
    output += typeof data === 'string' ? data : Buffer.from(data).toString('utf8');
    return typeof data === 'string' ? Buffer.byteLength(data) : data.length;
  }) as typeof fs.writeSync);
  server = await startTestServer({ CAREWARD_LOG_LEVEL: 'debug', CAREWARD_LOG_FORMAT: 'json' });
  world = await buildTwoClinics(server, server.running.setupCode?.reveal() ?? '');
  wire = new Wire(server.running);
});
afterAll(async () => {
  wire.close();
  await server.stop();
  vi.restoreAllMocks();
});

describe('an answer that refuses', () => {
  it('repeats nothing of the request, on any route, whatever is wrong and wherever', async () => {
    const people = await peopleAndNobody();
    const endpoints = await endpointsOf(server.running.platform);
    let refusals = 0;
    for (const endpoint of endpoints) {
      const target = {
        clinicId: world.north.id,
        patientId: ALL,
        recordId: ALL,
        practitionerId: ALL,
        personEmail: ALL,
        invitationId: ALL,
        accountId: ALL,
      };
      for (const person of people) {
        for (const attempt of failures(requestTo(endpoint, encoded(target)))) {
          const { status, text, headers } = await wire.send({
            ...attempt,
            headers: [...person, ...attempt.headers],
          });
          if (status < 400) continue;
          refusals += 1;
          for (const needle of NEEDLES)
            expect(text + JSON.stringify(headers), attempt.path).not.toContain(needle);
        }
      }
    }
    expect(refusals).toBeGreaterThan(500);
  }, 120_000);
});

describe('what the server writes to its output', () => {
  it('holds a line for each request and nothing of what was in it', async () => {
    const lines = output.split('\n').filter((line) => line.includes('"msg":"request"'));
    expect(lines.length).toBeGreaterThan(500);
    for (const needle of [
      ...NEEDLES,
      'Ada Lovelace',
      '999-26-3829',
      '999263829',
      'Atopic dermatitis',
      'correct horse',
      'eyJ',
    ]) {
      expect(output, needle).not.toContain(needle);
    }
  });

  it('holds nothing of a failure’s cause either', async () => {
    const before = output.length;
    vi.spyOn(server.running.platform.patients, 'create').mockRejectedValueOnce(
      new Error(`insert into patient ${ALL}`),
    );
    const { header } = await signIn(wire, emailOf('RECEPTIONIST', 'north'));
    const body = { name: { text: 'Qwyzlethorpe' }, birthDate: '1990-01-01', ssn: '912-34-5678' };
    const headers = [header, ['x-purpose-of-use', 'HOPERAT']] as const;
    const answer = await wire.send({ method: 'POST', path: '/api/v1/patients', headers, body });
    expect([answer.status, answer.body.code]).toEqual([500, 'internal-error']);
    expect(output.length).toBeGreaterThan(before);
    for (const needle of NEEDLES) expect(answer.text + output.slice(before)).not.toContain(needle);
  });
});

type Request = ReturnType<typeof requestTo>;

/** The same request broken in every place, with the needles where it breaks. */
function failures(request: Request): Request[] {
  const query = encodeURIComponent(ALL);
  const field = {
    ...(request.body as object | undefined),
    [ALL]: ALL,
    name: { text: 1, family: ALL },
    email: ALL,
    ssn: ALL,
  };
  const header = (name: string): Request => ({ ...request, headers: [[name, ALL], ...request.headers] });
  return [
    request,
    { ...request, path: `${request.path}?${query}=${query}` },
    { ...request, path: `${request.path}?password=${query}` },
    { ...request, path: `${request.path}/${query}` },
    ...[
      'authorization',
      'x-clinic-id',
      'x-purpose-of-use',
      'if-match',
      'idempotency-key',
      'origin',
      'cookie',
    ].map(header),
    ...(request.method === 'GET'
      ? []
      : [
          { ...request, body: field },
          { ...request, body: `{"a":"${ALL}` },
          { ...request, body: [ALL] },
        ]),
  ];
}

async function peopleAndNobody(): Promise<SignedIn['header'][][]> {
  const people = await Promise.all(
    (['DOCTOR', 'RECEPTIONIST', 'CLINIC_ADMIN'] as const).map((role) => signIn(wire, emailOf(role, 'north'))),
  );
  return [[], ...people.map(({ header }) => [header])];
}

function encoded<T extends Record<string, string>>(target: T): T {
  return Object.fromEntries(
    Object.entries(target).map(([name, value]) => [name, encodeURIComponent(value)]),
  ) as T;
}
