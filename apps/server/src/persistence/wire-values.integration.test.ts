import { Phi } from '@careward/kernel';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newClinicId, testClinicContext } from '../../test-harness/contexts.ts';
import { openTestDatabase, type TestDatabase } from '../../test-harness/database.ts';
import type { ClinicDatabase } from './scoped-database.ts';

let test: TestDatabase;
let clinic: ClinicDatabase;

beforeAll(async () => {
  test = await openTestDatabase();
  clinic = test.database.forClinic(testClinicContext(newClinicId()));
});
afterAll(() => test.close());

describe('values', () => {
  it('come back as they went in', async () => {
    const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'));
    const bytes = fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array));
    await fc.assert(
      fc.asyncProperty(
        text,
        bytes,
        fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
        fc.array(fc.option(text)),
        fc.array(bytes),
        async (t, b, n, ts, bs) => {
          const statement = sql`select ${t}::text as t, ${b}::bytea as b, ${n}::int8 as n, ${ts}::text[] as ts, ${bs}::bytea[] as bs`;
          const [row] = await clinic.run(statement.compile(clinic.build));
          expect(row).toEqual({ t, b, n: String(n), ts, bs });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('keep their instant, their day and their digits', async () => {
    const at = new Date('2026-03-29T01:30:00.123Z');
    const [row] = await clinic.run(
      sql`select ${at}::timestamptz as at, ${'1900-02-28'}::date as day, ${'12345678901234567890.12'}::numeric as amount,
        ${null}::uuid as none, ${true}::boolean as yes, ${7}::int4 as seven`.compile(clinic.build),
    );
    expect(row).toEqual({
      at,
      day: '1900-02-28',
      amount: '12345678901234567890.12',
      none: null,
      yes: true,
      seven: 7,
    });
  });

  it.each([undefined, { an: 'object' }, Symbol('x'), new Date('never'), Phi.of('secret')])(
    'without a form on the wire are refused: %#',
    async (value) => {
      const statement = sql`select ${value}::text`;
      await expect(clinic.run(statement.compile(clinic.build))).rejects.toMatchObject({
        code: 'persistence-parameter-unsupported',
      });
    },
  );
});
