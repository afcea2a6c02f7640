// The attacker has come as far as writing their own SQL under one of the application's roles, or even under the owner's, and writes
// into the log: an entry in somebody else's name, of last year, of another request. Who acted, when and in which request are the
// context's and the clock's, whatever the statement says. What the owner does beyond that, the ledger's verification finds.
import { newId } from '@careward/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../apps/server/test-harness/index.ts';

const FORGED = `insert into public.audit_entry (action, resource_type, outcome, actor_id, actor_role, at, request_id, xid)
  values ('patient.read', 'patient', 'success', $1, 'SUPER_ADMIN', '2020-01-01', $1, '1')`;

let test: TestDatabase;
beforeAll(async () => {
  // The owner of the embedded database is the one whom no policy stops.
  test = await openTestDatabase('embedded');
});
afterAll(() => test.close());

describe('an entry in somebody else’s name and time', () => {
  it('by the owner carries the context’s instead', async () => {
    const requestId = newId();
    await test.asOwner(`begin; set local app.actor_role = 'DOCTOR'; set local app.request_id = '${requestId}';
      ${FORGED.replaceAll('$1', `'${newId()}'`)}; commit`);
    const [entry] = await test.asOwner(
      `select actor_id, actor_role, request_id, at > now() - interval '1 minute' as recent, xid::text <> '1' as numbered from audit_entry`,
    );
    expect(entry).toEqual({
      actor_id: null,
      actor_role: 'DOCTOR',
      request_id: requestId,
      recent: true,
      numbered: true,
    });
  });

  it.each(['careward_app', 'careward_identity', 'careward_operator', 'careward_sequencer', 'careward_none'])(
    'by %s is refused',
    async (role) => {
      const forge = test.asOwner(
        `begin; set local role ${role}; ${FORGED.replaceAll('$1', `'${newId()}'`)}; commit`,
      );
      await expect(forge).rejects.toMatchObject({ code: '42501' });
      await test.asOwner('rollback');
    },
  );
});
