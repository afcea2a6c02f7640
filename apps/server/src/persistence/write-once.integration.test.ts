import { type AccountId, newId } from '@careward/kernel';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../test-harness/index.ts';
import { contextWithoutAccount } from '../request-context/index.ts';
import { ReceiptHousekeepingRepository } from './receipt-housekeeping.repository.ts';
import type { Statement } from './statement.ts';
import { type WriteReceipt, writeOnce } from './write-once.ts';

const context = contextWithoutAccount({ requestId: newId(), address: '', agent: 'test' }, 'OPERATOR');
const [one, two] = [newId<AccountId>(), newId<AccountId>()];
let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
  // The owner looks at the rows: policies are not what this suite is about.
  await db.asOwner('alter table clinic no force row level security');
  await db.asOwner('alter table idempotency_receipt no force row level security');
  for (const id of [one, two]) {
    const values = [id, Buffer.from('e'), Buffer.from(id), Buffer.from('n')];
    await db.asOwner(
      "insert into account (id, email, email_index, display_name, password_hash) values ($1, $2, $3, $4, 'x')",
      values,
    );
  }
});
afterAll(() => db.close());

const receipt = (accountId: AccountId, key: string, fill = 1): WriteReceipt => ({
  accountId,
  key,
  digest: Buffer.alloc(32, fill),
});

/** Creates a clinic once, and answers its id. */
async function createClinic(given: WriteReceipt, name: string): Promise<string | undefined> {
  const { build, ...operator } = scopeOf(given);
  const write = {
    resourceId: newId(),
    statements: [] as Statement[],
    answer: (id: string) => build.selectFrom('clinic').select('id').where('id', '=', id),
  };
  write.statements.push(build.insertInto('clinic').values({ id: write.resourceId, name, region: 'local' }));
  const [row] = await writeOnce(operator.scope, given, write);
  return row?.id;
}

function scopeOf({ accountId }: WriteReceipt) {
  const scope = db.database.forOperator({ ...context, actorId: accountId });
  return { scope, build: scope.build };
}

const clinics = async (name: string) =>
  (await db.asOwner('select from clinic where name = $1', [name])).length;

it('writes once for a key, however many ask at once', async () => {
  const ids = await Promise.all(Array.from({ length: 10 }, () => createClinic(receipt(one, 'k1'), 'once')));
  expect([new Set(ids).size, await clinics('once')]).toEqual([1, 1]);
});

it('refuses the key for another request, and writes nothing', async () => {
  await expect(createClinic(receipt(one, 'k1', 2), 'other')).rejects.toMatchObject({
    code: 'idempotency-key-reused',
  });
  expect(await clinics('other')).toBe(0);
});

it('keeps the keys of two people apart', async () => {
  await createClinic(receipt(two, 'k1'), 'second person');
  expect(await clinics('second person')).toBe(1);
});

it('stores no receipt when the write fails, so that it can be tried again', async () => {
  const long = 'x'.repeat(201);
  await expect(createClinic(receipt(one, 'k2'), long)).rejects.toThrow();
  await createClinic(receipt(one, 'k2'), 'second try');
  expect(await clinics('second try')).toBe(1);
});

it('removes receipts after a day and not before', async () => {
  const housekeeping = new ReceiptHousekeepingRepository(db.database);
  expect(await housekeeping.removeExpired(context)).toBe(0);
  await db.asOwner(
    "update idempotency_receipt set created_at = now() - interval '25 hours' where key = 'k2'",
  );
  expect(await housekeeping.removeExpired(context)).toBe(1);
  expect(await db.asOwner("select from idempotency_receipt where key = 'k1'")).toHaveLength(2);
});
