/** Everything a client can do with a patient's data: rightly, by mistake and with intent. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  type Answer,
  admitPerson,
  type Outside,
  TEST_PASSWORD,
  type TestClient,
} from '../../apps/server/test-harness/index.ts';

/** The people who work in every clinic, signed in. */
export interface Staff {
  readonly nobody: TestClient;
  readonly administrator: TestClient;
  readonly doctor: TestClient;
  readonly receptionist: TestClient;
  readonly admin: TestClient;
  readonly clinicIds: readonly string[];
}

interface Person {
  readonly id: string;
  readonly version: number;
  readonly name: { readonly text: string };
  readonly identifiers: readonly { readonly system: string; readonly value: string }[];
}
interface Items<T> {
  readonly items: readonly T[];
}

/** Creates the first administrator and one account of each role in every clinic. */
export async function hireStaff(outside: Outside, setupCode: string): Promise<Staff> {
  const { nobody } = outside;
  const root = { email: 'root@example.org', password: TEST_PASSWORD, displayName: 'Root' };
  await wanted(nobody.post('/api/v1/setup', { code: setupCode, ...root }));
  const administrator = await nobody.signIn(root.email, TEST_PASSWORD);
  const clinics = await wanted(administrator.get<Items<{ id: string }>>('/api/v1/clinics?limit=100'));
  const clinicIds = clinics.items.map(({ id }) => id);
  const member = async (role: string) => {
    const user = { email: `${role}@example.org`, password: TEST_PASSWORD, displayName: role, roles: [role] };
    for (const id of clinicIds) await admitPerson(outside, administrator.at(id), user);
    return (await nobody.signIn(user.email, TEST_PASSWORD)).with({ 'x-purpose-of-use': 'HOPERAT' });
  };
  const [doctor, receptionist, admin] = [
    await member('DOCTOR'),
    await member('RECEPTIONIST'),
    await member('CLINIC_ADMIN'),
  ];
  return { nobody, administrator, doctor, receptionist, admin, clinicIds };
}

/** Reads, searches, changes and logs of every patient of every clinic. Answers how many there were, and their access logs. */
export async function workWithEveryone(staff: Staff): Promise<{ patients: number; accessLogs: string[] }> {
  const accessLogs: string[] = [];
  let patients = 0;
  for (const clinicId of staff.clinicIds) {
    const at = { doctor: staff.doctor.at(clinicId), receptionist: staff.receptionist.at(clinicId) };
    const page = await wanted(at.doctor.get<Items<Person>>('/api/v1/patients?limit=100'));
    for (const person of page.items) {
      patients += 1;
      await workWith(person, at);
      const log = await staff.admin.at(clinicId).get(`/api/v1/patients/${person.id}/access-log?limit=100`);
      await wanted(Promise.resolve(log));
      accessLogs.push(log.text);
    }
  }
  return { patients, accessLogs };
}

async function workWith(person: Person, at: { doctor: TestClient; receptionist: TestClient }): Promise<void> {
  const path = `/api/v1/patients/${person.id}`;
  await wanted(at.doctor.get(path));
  const records = await wanted(at.doctor.get<Items<{ id: string }>>(`${path}/medical-records`));
  for (const { id } of records.items.slice(0, 2)) {
    await wanted(at.doctor.get(`/api/v1/medical-records/${id}`));
    await wanted(at.doctor.get(`/api/v1/medical-records/${id}/versions`));
    const text = `Seen ${person.name.text}, as before`;
    const correction = { diagnosis: text, treatment: text, reason: `Asked for by ${person.name.text}` };
    const change = at.doctor.with({ 'if-match': '"1"' });
    await wanted(change.call('PUT', `/api/v1/medical-records/${id}`, correction));
  }
  const [identifier] = person.identifiers;
  const queries = [{ name: person.name.text }, ...(identifier ? [{ identifier: identifier.value }] : [])];
  for (const query of queries) await wanted(at.doctor.post('/api/v1/patients/search', query));
  const update = at.receptionist.with({ 'if-match': `"${person.version}"` });
  await wanted(update.call('PATCH', path, { contacts: { phones: ['+4930123456'] } }));
}

/** Registers a patient under keys that say who it is, twice each. */
export async function registerUnderTellingKeys(staff: Staff, values: readonly string[]): Promise<void> {
  const desk = staff.receptionist.at(staff.clinicIds[0] ?? '');
  for (const value of values) {
    const key = encodeURIComponent(value).slice(0, 200);
    const body = { name: { text: value }, birthDate: '1980-01-01' };
    const create = () => desk.with({ 'idempotency-key': key }).post<{ id: string }>('/api/v1/patients', body);
    const [first, second] = [await wanted(create()), await wanted(create())];
    if (first.id !== second.id) throw new Error('the key did not hold');
  }
}

/** Requests that are wrong in every place in which a value can stand. Answers what came back, bodies and headers. */
export async function mistakesWith(value: string, staff: Staff): Promise<Answer[]> {
  const clinicId = staff.clinicIds[0] ?? '';
  const [doctor, receptionist] = [staff.doctor.at(clinicId), staff.receptionist.at(clinicId)];
  const text = encodeURIComponent(value);
  const patient = { name: { text: value }, birthDate: value, ssn: value, gender: value, [value]: value };
  const answers = [
    doctor.get(`/api/v1/patients/${text}`),
    doctor.get(`/api/v1/patients/${text}/medical-records`),
    doctor.get(`/api/v1/medical-records/${text}`),
    doctor.get(`/api/v1/patients?name=${text}&cursor=${text}&limit=${text}`),
    doctor.get(`/api/v1/${text}/${text}?${text}=${text}`),
    doctor.call('DELETE', `/api/v1/patients/${text}`),
    staff.nobody.get(`/api/v1/patients/${text}`),
    staff.nobody.post('/api/v1/auth/sign-in', { email: value, password: value }),
    staff.nobody.post('/api/v1/auth/sign-in', { email: 'x@example.org', password: value, [value]: 1 }),
    staff.nobody.with({ authorization: `Bearer ${text}`, cookie: `session=${text}` }).get('/api/v1/patients'),
    staff.doctor.at(text).get('/api/v1/patients'),
    doctor.get(`/api/v1/patients?clinicId=${text}`),
    doctor.with({ 'x-purpose-of-use': text }).get('/api/v1/patients'),
    doctor
      .with({ 'x-request-id': text, referer: `https://x.example/${text}` })
      .get(`/api/v1/patients/${text}`),
    doctor.with({ origin: `https://${text}.example` }).get(`/api/v1/patients/${text}`),
    receptionist.with({ 'if-match': text }).call('PATCH', `/api/v1/patients/${randomUUID()}`, patient),
    receptionist.with({ 'idempotency-key': text }).post('/api/v1/patients', patient),
    receptionist.call('POST', '/api/v1/patients', Buffer.from(`{"name": "${value}", ${value}`)),
    receptionist
      .with({ 'content-type': `text/${text}` })
      .call('POST', '/api/v1/patients', Buffer.from(value)),
    doctor.post('/api/v1/patients/search', { ssn: value, name: value }),
    doctor.post('/api/v1/patients/search', { [value]: value }),
    staff.admin.at(clinicId).call('POST', '/api/v1/import', Buffer.from(`{"resourceType": "${value}", `)),
    staff.admin.at(clinicId).post('/api/v1/import', { resourceType: 'Patient', id: 'x', name: value }),
  ];
  return Promise.all(answers);
}

/** Files uploaded whole, cut and damaged. */
export async function uploadsOf(paths: readonly string[], staff: Staff): Promise<Answer[]> {
  const admin = staff.admin.at(staff.clinicIds[0] ?? '').with({ 'content-type': 'application/fhir+json' });
  const answers: Answer[] = [];
  for (const path of paths) {
    const whole = readFileSync(path);
    const damaged = Buffer.from(whole.toString('utf8').replace('"birthDate"', '"birthDate'));
    for (const body of [whole, whole.subarray(0, whole.length - 100), damaged]) {
      answers.push(await admin.call('POST', '/api/v1/import', body));
    }
  }
  return answers;
}

async function wanted<Body>(call: Promise<Answer<Body>>): Promise<Body> {
  const { status, text, body } = await call;
  if (status >= 300) throw new Error(`not an error case, and yet ${status}: ${text}`);
  return body;
}
