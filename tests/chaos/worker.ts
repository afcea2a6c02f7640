/** One client of the mixed load, who remembers what was acknowledged, what was not, and compares afterwards. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { expectStatus, isConnectionError, patiently, UNAVAILABLE } from './answers.ts';
import type {
  Confirmed,
  Desk,
  ExpectedPatient,
  ExpectedRecord,
  PatientBody,
  RecordBody,
} from './expectation.ts';
import type { Journal } from './journal.ts';
import type { Random } from './random.ts';
import { tryWhatIsRefused } from './refused.ts';

/** Works at a desk, one request after the other. */
export class Worker {
  readonly #name: string;
  readonly #random: Random;
  readonly #journal: Journal;
  readonly #patients: ExpectedPatient[] = [];
  /** What was written to since the last comparison. */
  #touched = new Set<ExpectedPatient>();
  acknowledged = 0;

  constructor(name: string, random: Random, journal: Journal) {
    this.#name = name;
    this.#random = random;
    this.#journal = journal;
  }

  /** Patients and records that the clinic has because of this worker. All have to be confirmed. */
  get counts(): { patients: number; records: number } {
    const records = this.#patients.reduce((sum, { records: own }) => sum + own.length, 0);
    return { patients: this.#patients.length, records };
  }

  /** One request after the other until the server is gone. `isOver` tells whether it may be. */
  async work(desk: Desk, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      try {
        await this.#step(desk);
      } catch (error) {
        if (!isOver() || !isConnectionError(error)) throw error;
      }
    }
  }

  /** After a restart: repeats what was not acknowledged, and compares all that was written to since the last time. */
  async settle(desk: Desk): Promise<void> {
    for (const patient of this.#touched) await this.#settlePatient(desk, patient);
    this.#touched = new Set();
  }

  /** Compares everything that was ever written. */
  async checkAll(desk: Desk): Promise<void> {
    this.#touched = new Set(this.#patients);
    await this.settle(desk);
  }

  async #step(desk: Desk): Promise<void> {
    const patients = this.#patients.filter(
      (each): each is Confirmed<ExpectedPatient> => each.id !== undefined,
    );
    const records = patients.flatMap((patient) =>
      patient.records
        .filter((each): each is Confirmed<ExpectedRecord> => each.id !== undefined)
        .map((record) => ({ patient, record })),
    );
    const roll = this.#random.between(1, 100);
    if (patients.length === 0 || roll <= 20) return this.#createPatient(desk);
    const patient = this.#random.pick(patients.slice(-20));
    if (roll <= 35) return this.#updatePatient(desk, patient);
    if (records.length === 0 || roll <= 50) return this.#createRecord(desk, patient);
    const known = this.#random.pick(records.slice(-20));
    if (roll <= 62) return this.#correctRecord(desk, known.patient, known.record);
    if (roll <= 72) return this.#readPatient(desk, patient);
    if (roll <= 82) return this.#readRecord(desk, known.patient, known.record);
    if (roll <= 86) return this.#findPatient(desk, patient);
    return tryWhatIsRefused(desk, roll, known.record.id, this.#journal);
  }

  async #createPatient(desk: Desk): Promise<void> {
    const phone = this.#phone();
    const name = `${this.#name} ${this.#patients.length + 1}`;
    const patient = { key: randomUUID(), name, firstPhone: phone, phone, version: 1, records: [] };
    this.#patients.push(patient);
    await this.#sendPatient(desk, patient);
    this.acknowledged += 1;
  }

  async #sendPatient(desk: Desk, patient: ExpectedPatient): Promise<void> {
    this.#touched.add(patient);
    const body = {
      name: { text: patient.name },
      birthDate: '1990-05-17',
      contacts: { phones: [patient.firstPhone] },
    };
    const client = desk.receptionist.with({ 'idempotency-key': patient.key });
    const answer = await patiently(() => client.post<PatientBody>('/api/v1/patients', body));
    expectStatus(answer, 201);
    const { id } = answer.body;
    this.#journal.note(answer, { outcome: 'success', resourceId: id, patientId: id });
    if (patient.id === undefined) patient.id = id;
    expect(id, 'a repeated creation made a second patient').toBe(patient.id);
  }

  async #updatePatient(desk: Desk, patient: Confirmed<ExpectedPatient>): Promise<void> {
    this.#touched.add(patient);
    const phone = this.#phone();
    patient.doubt = phone;
    const client = desk.receptionist.with({ 'if-match': `"${patient.version}"` });
    const change = { contacts: { phones: [phone] } };
    const answer = await client.call<PatientBody>('PATCH', `/api/v1/patients/${patient.id}`, change);
    if (answer.status === UNAVAILABLE) return this.#readPatient(desk, patient);
    expectStatus(answer, 200);
    Object.assign(patient, { phone, version: patient.version + 1, doubt: undefined });
    this.#journal.note(answer, { action: 'patient.update', outcome: 'success', patientId: patient.id });
    this.acknowledged += 1;
  }

  async #createRecord(desk: Desk, patient: Confirmed<ExpectedPatient>): Promise<void> {
    const record = { key: randomUUID(), diagnoses: [this.#text()] };
    patient.records.push(record);
    await this.#sendRecord(desk, patient, record);
    this.acknowledged += 1;
  }

  async #sendRecord(desk: Desk, patient: Confirmed<ExpectedPatient>, record: ExpectedRecord): Promise<void> {
    this.#touched.add(patient);
    const [diagnosis = ''] = record.diagnoses;
    const body = { diagnosis, treatment: 'Rest', visitStart: '2026-03-01T09:00:00Z' };
    const client = desk.doctor.with({ 'idempotency-key': record.key });
    const path = `/api/v1/patients/${patient.id}/medical-records`;
    const answer = await patiently(() => client.post<RecordBody>(path, body));
    expectStatus(answer, 201);
    const { id } = answer.body;
    this.#journal.note(answer, { outcome: 'success', resourceId: id, patientId: patient.id });
    if (record.id === undefined) record.id = id;
    expect(id, 'a repeated creation made a second record').toBe(record.id);
  }

  async #correctRecord(
    desk: Desk,
    patient: ExpectedPatient,
    record: Confirmed<ExpectedRecord>,
  ): Promise<void> {
    this.#touched.add(patient);
    const diagnosis = this.#text();
    record.doubt = diagnosis;
    const client = desk.doctor.with({ 'if-match': `"${record.diagnoses.length}"` });
    const body = { diagnosis, treatment: 'Rest', reason: 'Typing error' };
    const answer = await client.call('PUT', `/api/v1/medical-records/${record.id}`, body);
    if (answer.status === UNAVAILABLE) return this.#readRecord(desk, patient, record);
    expectStatus(answer, 200);
    record.diagnoses.push(diagnosis);
    delete record.doubt;
    const of = { outcome: 'success', resourceId: record.id, ...(patient.id && { patientId: patient.id }) };
    this.#journal.note(answer, { action: 'medical-record.correct', ...of });
    this.acknowledged += 1;
  }

  async #readPatient(desk: Desk, patient: Confirmed<ExpectedPatient>): Promise<void> {
    const path = `/api/v1/patients/${patient.id}`;
    const answer = await patiently(() => desk.doctor.get<PatientBody>(path));
    expectStatus(answer, 200);
    this.#journal.note(answer, { action: 'patient.read', outcome: 'success', patientId: patient.id });
    const { version, phone, doubt } = patient;
    const { body } = answer;
    const got = { version: body.version, phone: body.contacts.phones[0], name: body.name.text };
    const acknowledged = { version, phone, name: patient.name };
    const wasDone = doubt !== undefined && got.version === version + 1;
    expect(got).toEqual(wasDone ? { ...acknowledged, version: version + 1, phone: doubt } : acknowledged);
    Object.assign(patient, { version: got.version, phone: got.phone, doubt: undefined });
  }

  async #readRecord(desk: Desk, patient: ExpectedPatient, record: Confirmed<ExpectedRecord>): Promise<void> {
    const path = `/api/v1/medical-records/${record.id}/versions`;
    const answer = await patiently(() => desk.doctor.get<{ items: RecordBody[] }>(path));
    expectStatus(answer, 200);
    const of = { outcome: 'success', ...(patient.id && { patientId: patient.id }) };
    this.#journal.note(answer, { action: 'medical-record.history', ...of });
    const got = answer.body.items.map(({ diagnosis }) => diagnosis);
    const wasDone = record.doubt !== undefined && got.length === record.diagnoses.length + 1;
    if (wasDone && record.doubt !== undefined) record.diagnoses.push(record.doubt);
    delete record.doubt;
    expect(got).toEqual(record.diagnoses);
    expect(answer.body.items.map(({ version }) => version)).toEqual(got.map((_, index) => index + 1));
  }

  async #findPatient(desk: Desk, patient: Confirmed<ExpectedPatient>): Promise<void> {
    const query = { name: patient.name };
    const find = () => desk.doctor.post<{ items: PatientBody[] }>('/api/v1/patients/search', query);
    const answer = await patiently(find);
    expectStatus(answer, 200);
    const of = answer.body.items.map(({ id }) => ({
      action: 'patient.search',
      outcome: 'success',
      patientId: id,
    }));
    this.#journal.note(answer, ...of);
    expect(answer.body.items.map(({ id }) => id)).toContain(patient.id);
  }

  /** Repeating a creation that was acknowledged has to change nothing either, so every one is repeated. */
  async #settlePatient(desk: Desk, patient: ExpectedPatient): Promise<void> {
    await this.#sendPatient(desk, patient);
    const confirmed = patient as Confirmed<ExpectedPatient>;
    await this.#readPatient(desk, confirmed);
    for (const record of patient.records) {
      await this.#sendRecord(desk, confirmed, record);
      await this.#readRecord(desk, patient, record as Confirmed<ExpectedRecord>);
    }
  }

  #phone(): string {
    return `+49${this.#random.between(10_000_000, 99_999_999)}`;
  }

  #text(): string {
    return `Diagnosis ${this.#random.between(0, 2 ** 31)}`;
  }
}
