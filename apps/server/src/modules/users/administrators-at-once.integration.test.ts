import { type AccountId, asAccountId, asClinicId } from '@careward/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testIdentityContext } from '../../../test-harness/contexts.ts';
import { admitPerson, startTwoClinics, TEST_PASSWORD } from '../../../test-harness/index.ts';
import { AccountDeletionRepository } from './account-deletion.repository.ts';
import { AccountDeletionService } from './account-deletion.service.ts';
import type { RightsChanges } from './rights-changes.ts';
import { UserRightsRepository } from './user-rights.repository.ts';
import { UserRightsService } from './user-rights.service.ts';

let server: Awaited<ReturnType<typeof startTwoClinics>>;
beforeAll(async () => {
  server = await startTwoClinics();
});
afterAll(() => server.stop());

let made = 0;
/** A clinic with two administrators and nobody else. */
async function clinicOfTwo() {
  const { administrator } = server.world;
  const { body } = await administrator.post<{ id: string }>('/api/v1/clinics', { name: 'East' });
  const root = administrator.at(body.id);
  const ids: AccountId[] = [];
  for (let n = 0; n < 2; n += 1) {
    made += 1;
    const email = `administrator${made}@example.org`;
    const roles = ['CLINIC_ADMIN'];
    await admitPerson(server, root, { email, displayName: 'One', password: TEST_PASSWORD, roles });
    const self = await server.nobody.signIn(email, TEST_PASSWORD);
    const me = await self.get<{ account: { id: string } }>('/api/v1/users/me');
    ids.push(asAccountId(me.body.account.id));
  }
  const active = async () =>
    (await root.get<{ items: { status: string }[] }>('/api/v1/users')).body.items.filter(
      ({ status }) => status === 'active',
    ).length;
  return { clinicId: asClinicId(body.id), ids, active };
}

/** Changes that begin only when two have come this far: whatever was asked before them is old by then. */
function twoTogether(): RightsChanges {
  let [waiting, release] = [0, () => {}];
  const both = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    withRightsChange: async (_id, work) => {
      waiting += 1;
      if (waiting === 2) release();
      await both;
      await work();
    },
  };
}

async function oneRefused(attempts: readonly Promise<void>[], code: string): Promise<void> {
  const outcomes = await Promise.allSettled(attempts);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  const refusal = outcomes.find(({ status }) => status === 'rejected');
  expect(refusal).toMatchObject({ reason: { code } });
}

describe('the last two administrators of a clinic', () => {
  it('cannot both delete their own account, however close together', async () => {
    const { ids, active } = await clinicOfTwo();
    const { database, encryption } = server.running.platform;
    const repository = new AccountDeletionRepository(database, encryption);
    const deletion = new AccountDeletionService(repository, twoTogether());
    const own = (actorId: AccountId) => ({ ...testIdentityContext({ actorRole: 'ACCOUNT' }), actorId });
    await oneRefused(
      ids.map((id) => deletion.deleteOwn(own(id))),
      'last-administrator',
    );
    expect(await active()).toBe(1);
  });

  it('cannot disable each other, however close together', async () => {
    const { clinicId, ids, active } = await clinicOfTwo();
    const rights = new UserRightsService(
      new UserRightsRepository(server.running.platform.database),
      twoTogether(),
    );
    const disable = (actorId: AccountId, other: AccountId) => {
      const context = { ...testIdentityContext({ actorRole: 'CLINIC_ADMIN' }), clinicId, actorId };
      return rights.changeStatus(context, other, { status: 'disabled' });
    };
    const [one, two] = [ids[0] as AccountId, ids[1] as AccountId];
    await oneRefused([disable(one, two), disable(two, one)], 'last-administrator');
    expect(await active()).toBe(1);
  });
});

describe('an account that comes to another clinic', () => {
  it('while its status is being changed is not closed by the first', async () => {
    const { clinicId, ids } = await clinicOfTwo();
    const [actorId, other] = [ids[0] as AccountId, ids[1] as AccountId];
    const { database } = server.running.platform;
    const meanwhile: RightsChanges = {
      withRightsChange: async (_id, work) => {
        const south = asClinicId(server.world.south.id);
        const identity = database.forIdentity(testIdentityContext({ clinicId: south }));
        const place = { clinic_id: south, account_id: other, role: 'NURSE' as const };
        await identity.run(identity.build.insertInto('membership').values(place));
        await work();
      },
    };
    const rights = new UserRightsService(new UserRightsRepository(database), meanwhile);
    const context = { ...testIdentityContext({ actorRole: 'CLINIC_ADMIN' }), clinicId, actorId };
    await expect(rights.changeStatus(context, other, { status: 'disabled' })).rejects.toMatchObject({
      code: 'account-of-other-clinics',
    });
  });
});
