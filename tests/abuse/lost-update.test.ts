// Two honest people, or one attacker who wants a diagnosis to disappear: both have read the same version and both write. The later
// one must not overwrite what it has not seen, without saying which version it read nobody writes at all, and no version is ever
// lost or given twice.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorld, type World } from '../e2e/world/open-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const correction = (diagnosis: string) => ({ diagnosis, treatment: 'Rest', reason: 'Misheard' });

describe('a change', () => {
  it('of twenty doctors at once is made by one, and the others are told', async () => {
    const { north } = world.world;
    const path = `/api/v1/medical-records/${north.recordIds[0]}`;
    const write = (n: number) =>
      north.staff.DOCTOR.with({ 'if-match': '"1"' }).call('PUT', path, correction(`Diagnosis ${n}`));
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => write(n)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
      expect([status, body.code]).toEqual([412, 'medical-record-changed-meanwhile']);
    }
    const { body } = await north.staff.DOCTOR.get<{ items: { version: number; diagnosis: string }[] }>(
      `${path}/versions`,
    );
    expect(body.items.map(({ version }) => version)).toEqual([1, 2]);
    expect(body.items[0]?.diagnosis).toBe('Atopic dermatitis');
  });

  it('of a patient at once is made once', async () => {
    const { north } = world.world;
    const desk = north.staff.RECEPTIONIST.with({ 'x-purpose-of-use': 'HOPERAT' });
    const path = `/api/v1/patients/${north.patientIds[1]}`;
    const tag = (await desk.get(path)).headers.etag ?? '';
    const write = (text: string) => desk.with({ 'if-match': tag }).call('PATCH', path, { name: { text } });
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => write(`Name ${n}`)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([
      200,
      ...Array.from({ length: 9 }, () => 412),
    ]);
    expect((await desk.get(path)).headers.etag).toBe(
      answers.find(({ status }) => status === 200)?.headers.etag,
    );
  });

  it.each([
    [undefined, 428, 'if-match-required'],
    ['*', 400, 'if-match-malformed'],
    ['1', 400, 'if-match-malformed'],
    ['W/"1"', 400, 'if-match-malformed'],
    ['"1", "2"', 400, 'if-match-malformed'],
    ['"99"', 412, 'medical-record-changed-meanwhile'],
    ['"999999999"', 412, 'medical-record-changed-meanwhile'],
    ['"0"', 400, 'if-match-malformed'],
    ['"2147483648"', 400, 'if-match-malformed'],
  ])('with If-Match %j is refused: %i', async (tag, status, code) => {
    const { north } = world.world;
    const doctor = tag === undefined ? north.staff.DOCTOR : north.staff.DOCTOR.with({ 'if-match': tag });
    const path = `/api/v1/medical-records/${north.recordIds[0]}`;
    const answer = await doctor.call('PUT', path, correction('Overwritten'));
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect((await north.staff.DOCTOR.get(path)).text).not.toContain('Overwritten');
  });
});
