/** The other clinic, with something recognisable in every field that it has. */

import { asClinicId, newId } from '@careward/kernel';
import { testClinicContext } from '../../../apps/server/test-harness/contexts.ts';
import {
  admitPerson,
  TEST_PASSWORD,
  type TestServer,
  type TwoClinics,
} from '../../../apps/server/test-harness/index.ts';
import { emailOf } from './people.ts';
import type { Target } from './requests.ts';

/** What there is to be found, and what would show that it was found. */
export interface Planted {
  readonly own: Target;
  readonly foreign: Target;
  /** Texts of which none may ever appear in an answer to somebody of the other clinic. */
  readonly markers: readonly string[];
  readonly foreignAccountIds: readonly string[];
}

const HIDDEN = 'Zzyzx';
const PATIENT = {
  name: { text: `${HIDDEN} Name`, family: `${HIDDEN}family`, given: [`${HIDDEN}given`] },
  otherNames: [{ text: `${HIDDEN} Maiden` }],
  birthDate: '1931-07-19',
  gender: 'female',
  deceasedAt: '2025-11-11T11:11:11Z',
  ssn: '987-65-4320',
  contacts: {
    phones: ['+15550177331'],
    emails: ['zzyzx@hidden.example.org'],
    addresses: [{ lines: [`${HIDDEN} Road 1`], city: `${HIDDEN}ville`, postalCode: 'ZZ9 HIDDEN' }],
  },
  identifiers: [{ system: 'urn:zzyzx:system', value: `${HIDDEN}-77`, type: `${HIDDEN}type` }],
};
const RECORD = {
  diagnosis: `${HIDDEN} diagnosis`,
  treatment: `${HIDDEN} treatment`,
  visitStart: '2026-01-17T01:23:45Z',
  visitEnd: '2026-01-17T02:34:56Z',
};
const FIRST_HIDDEN_NUMBER = 77_000_000;

/** Plants a patient, a record with a correction and a practitioner in the clinic `south`, under numbers that `north` never uses. */
export async function plant(server: TestServer & { readonly world: TwoClinics }): Promise<Planted> {
  const { world, running } = server;
  const { north, south } = world;
  const { database } = running.platform;
  const foreignPractitioner = await addPractitioner(database, south.id, `${HIDDEN} Practitioner`);
  const ownPractitioner = await addPractitioner(database, north.id, 'Dr. North');
  const scope = database.forClinic(testClinicContext(asClinicId(south.id)));
  await scope.run(scope.build.updateTable('mrn_counter').set({ last_number: FIRST_HIDDEN_NUMBER }));
  const desk = south.staff.RECEPTIONIST.with({ 'x-purpose-of-use': 'HOPERAT' });
  const patient = await made(desk.post<{ id: string; mrn: string }>('/api/v1/patients', PATIENT));
  const records = `/api/v1/patients/${patient.id}/medical-records`;
  const visit = { ...RECORD, practitionerId: foreignPractitioner };
  const record = await made(south.staff.DOCTOR.post<{ id: string }>(records, visit));
  const correction = {
    diagnosis: `${HIDDEN} second`,
    treatment: RECORD.treatment,
    reason: `${HIDDEN} reason`,
  };
  await south.staff.DOCTOR.with({ 'if-match': '"1"' }).call(
    'PUT',
    `/api/v1/medical-records/${record.id}`,
    correction,
  );
  const accounts = await south.staff.CLINIC_ADMIN.get<{ items: { id: string; email: string }[] }>(
    '/api/v1/users?limit=100',
  );
  const people = accounts.body.items.filter(({ email }) => email.endsWith('@south.example.org'));
  const foreign = {
    clinicId: south.id,
    patientId: patient.id,
    recordId: record.id,
    practitionerId: foreignPractitioner,
    personEmail: emailOf('PATIENT', 'south'),
    invitationId: await invite(south, HIDDEN),
    accountId: await admit(server, south, HIDDEN),
  };
  const foreignAccountIds = people.map(({ id }) => id);
  return {
    own: {
      ...ownTarget(north, ownPractitioner),
      invitationId: await invite(north, 'own'),
      accountId: await admit(server, north, 'Own'),
    },
    foreign,
    foreignAccountIds,
    markers: markersOf(foreign, patient.mrn, [...south.patientIds, ...south.recordIds, ...foreignAccountIds]),
  };
}

function ownTarget(
  { id, patientIds, recordIds }: TwoClinics['north'],
  practitionerId: string,
): Omit<Target, 'invitationId' | 'accountId'> {
  const [patientId = '', recordId = ''] = [patientIds[0], recordIds[0]];
  return { clinicId: id, patientId, recordId, practitionerId, personEmail: 'person@example.org' };
}

function markersOf(foreign: Target, mrn: string, ids: readonly string[]): string[] {
  const { clinicId, patientId, recordId, practitionerId } = foreign;
  const { contacts, birthDate, deceasedAt, ssn } = PATIENT;
  return [
    ...[clinicId, patientId, recordId, practitionerId, mrn, ...ids],
    ...[HIDDEN.toLowerCase(), birthDate, deceasedAt.slice(0, 19), '"4320"', ssn.replaceAll('-', ''), ssn],
    ...contacts.phones,
    ...[RECORD.visitStart, RECORD.visitEnd].map((instant) => instant.slice(0, 19)),
    ...[' of south', '@south.example.org', '"name":"south"', 'zz9 hidden'],
  ].map((marker) => marker.toLowerCase());
}

/** Somebody who has an account in the clinic; answers its id. */
async function admit(server: TestServer, { staff, id }: TwoClinics['north'], name: string): Promise<string> {
  const person = {
    email: `${name.toLowerCase()}@${id}.example.org`,
    displayName: `${name} Member`,
    password: TEST_PASSWORD,
  };
  await admitPerson(server, staff.CLINIC_ADMIN, { ...person, roles: ['NURSE'] });
  const self = await server.nobody.signIn(person.email, person.password);
  return (await self.get<{ account: { id: string } }>('/api/v1/users/me')).body.account.id;
}

/** Somebody who is invited and has not answered. */
async function invite({ staff }: TwoClinics['north'], name: string): Promise<string> {
  const body = { email: `${name.toLowerCase()}@invited.example.org`, roles: ['NURSE'] };
  return (await made(staff.CLINIC_ADMIN.post<{ id: string }>('/api/v1/users/invitations', body))).id;
}

async function addPractitioner(
  database: TestServer['running']['platform']['database'],
  clinicId: string,
  name: string,
): Promise<string> {
  const id = newId();
  const scope = database.forClinic(testClinicContext(asClinicId(clinicId)));
  await scope.run(scope.build.insertInto('practitioner').values({ clinic_id: clinicId, id, name }));
  return id;
}

async function made<Body>(answer: Promise<{ status: number; text: string; body: Body }>): Promise<Body> {
  const { status, text, body } = await answer;
  if (status !== 201) throw new Error(`expected 201, got ${status}: ${text}`);
  return body;
}
