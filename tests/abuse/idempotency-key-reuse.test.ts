// The attacker repeats: the same registration twenty times at once to make twenty patients, somebody else's key to be given what
// that person made, their own key with another body to have it answered as done, their own key in another clinic. A key stands for
// one request of one person, and only its exact repetition is answered again.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../../apps/server/test-harness/index.ts';
import { openWorld, type World } from '../e2e/world/open-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const PATIENTS = '/api/v1/patients';
const patient = (text: string) => ({ name: { text }, birthDate: '1990-01-01' });
const desk = (clinic: 'north' | 'south') =>
  world.world[clinic].staff.RECEPTIONIST.with({ 'x-purpose-of-use': 'HOPERAT' });
const register = (client: TestClient, key: string, body: object) =>
  client.with({ 'idempotency-key': key }).post<{ id: string; code: string }>(PATIENTS, body);
const named = async (text: string) =>
  (await desk('north').post<{ items: unknown[] }>(`${PATIENTS}/search`, { name: text })).body.items.length;

describe('an idempotency key', () => {
  it('makes one patient of twenty registrations at once, and of a replay an hour later', async () => {
    const key = randomUUID();
    const once = () => register(desk('north'), key, patient('Twenty Times'));
    const answers = await Promise.all(Array.from({ length: 20 }, once));
    answers.push(await once());
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`))).toEqual(
      new Set([`201 ${answers[0]?.body.id}`]),
    );
    expect(await named('Twenty Times')).toBe(1);
  });

  it('of one person does nothing for another, in the same clinic or elsewhere', async () => {
    const key = randomUUID();
    const first = await register(desk('north'), key, patient('Key Owner'));
    const elsewhere = await register(desk('south'), key, patient('Key Owner'));
    expect([first.status, elsewhere.status]).toEqual([201, 201]);
    expect(elsewhere.body.id).not.toBe(first.body.id);
    expect(elsewhere.text).not.toContain(first.body.id);
  });

  it('with another body, address or method is refused, and nothing is written', async () => {
    const key = randomUUID();
    const { body } = await register(desk('north'), key, patient('First Body'));
    const other = await register(desk('north'), key, patient('Second Body'));
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    expect(other.text).not.toContain(body.id);
    expect(await named('Second Body')).toBe(0);
    const record = { diagnosis: 'Cough', treatment: 'Rest', visitStart: '2026-03-01T09:00:00Z' };
    const doctor = world.world.north.staff.DOCTOR.with({ 'idempotency-key': key });
    const [mine, again] = await Promise.all(
      world.world.north.patientIds.map((id) => doctor.post(`${PATIENTS}/${id}/medical-records`, record)),
    );
    expect([mine?.status, again?.status].toSorted()).toEqual([201, 422]);
  });

  it.each(['', ' ', 'a'.repeat(201), 'ключ'.normalize(), 'a b'])(
    'that is no key (%j) is refused',
    async (key) => {
      const value = Buffer.from(key).toString('latin1');
      const { status, body } = await register(desk('north'), value, patient('No Key'));
      expect([status, body.code]).toEqual([400, 'idempotency-key-malformed']);
      expect(await named('No Key')).toBe(0);
    },
  );

  it('does not outlive a refusal: a request that failed may be repeated rightly', async () => {
    const key = randomUUID();
    expect((await register(desk('north'), key, { name: {} })).status).toBe(400);
    expect((await register(desk('north'), key, patient('Second Try'))).status).toBe(201);
  });
});
