import { STAFF_ROLES } from '@careward/access-policy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  actingOf,
  codeOf,
  entriesOf,
  openSignInWorld,
  type PersonTraits,
  type SignInWorld,
} from '../../../test-harness/sign-in-world.ts';
import { addTotpOf, type Signed, signedInPersonOf } from '../../../test-harness/signed-in-person.ts';
import type { Principal } from '../../request-context/index.ts';

let world: SignInWorld;
beforeAll(async () => {
  world = await openSignInWorld({ CAREWARD_SECOND_FACTOR_ROLES: 'none' });
});
afterAll(() => world.close());

const coded = (code: string) => expect.objectContaining({ code });

const signedInPerson = (traits?: PersonTraits) => signedInPersonOf(world, traits);
const addTotp = (person: Signed) => addTotpOf(world, person);

describe('codes at the database', () => {
  it('one code of the app, twenty users at once: one has it', async () => {
    const person = await signedInPerson();
    const { secret } = await addTotp(person);
    const code = codeOf(secret, world.clock);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => world.platform.totp.use(person.acting, code)),
    );
    expect(outcomes.filter(Boolean)).toHaveLength(1);
  });

  it('one recovery code, twenty users at once: one has it', async () => {
    const person = await signedInPerson();
    const { recoveryCodes } = await addTotp(person);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () =>
        world.platform.recoveryCodes.use(person.acting, recoveryCodes[0] ?? ''),
      ),
    );
    expect(outcomes.filter(Boolean)).toHaveLength(1);
  });

  it('a secret that was not confirmed opens nothing', async () => {
    const person = await signedInPerson();
    const { secret } = await world.platform.ownFactors.beginTotp(person.acting);
    expect(await world.platform.totp.use(person.acting, codeOf(secret, world.clock))).toBe(false);
  });

  it('a new app of an account does not take the code that confirmed it', async () => {
    const person = await signedInPerson();
    const { secret } = await addTotp(person);
    expect(await world.platform.totp.use(person.acting, codeOf(secret, world.clock, -1))).toBe(false);
  });
});

describe('the own factors', () => {
  it('are listed, added and taken away', async () => {
    const person = await signedInPerson();
    const { ownFactors } = world.platform;
    const none = { totp: null, passkeys: 0, recoveryCodesLeft: 0, required: false };
    expect(await ownFactors.list(person.acting, person.principal)).toEqual(none);
    await addTotp(person);
    expect(await ownFactors.list(person.acting, person.principal)).toMatchObject({
      totp: { confirmedAt: expect.any(String) },
      recoveryCodesLeft: 10,
    });
    await ownFactors.removeTotp(person.acting, person.principal);
    expect(await ownFactors.list(person.acting, person.principal)).toEqual(none);
    await expect(ownFactors.removeTotp(person.acting, person.principal)).rejects.toEqual(
      coded('second-factor-not-found'),
    );
  });

  it('are not replaced unseen, nor confirmed with a wrong code', async () => {
    const person = await signedInPerson();
    const { ownFactors } = world.platform;
    await expect(ownFactors.confirmTotp(person.acting, person.principal, { code: '000000' })).rejects.toEqual(
      coded('second-factor-not-found'),
    );
    await ownFactors.beginTotp(person.acting);
    await expect(ownFactors.confirmTotp(person.acting, person.principal, { code: '000000' })).rejects.toEqual(
      coded('authentication-code-wrong'),
    );
    await addTotp(person);
    await expect(ownFactors.beginTotp(person.acting)).rejects.toEqual(coded('second-factor-present'));
  });

  it('make new recovery codes, which void those before; not without a factor', async () => {
    const person = await signedInPerson();
    const { ownFactors, recoveryCodes } = world.platform;
    await expect(ownFactors.replaceRecoveryCodes(person.acting)).rejects.toEqual(
      coded('second-factor-not-found'),
    );
    const { recoveryCodes: before } = await addTotp(person);
    const { recoveryCodes: after } = await ownFactors.replaceRecoveryCodes(person.acting);
    expect(await recoveryCodes.use(person.acting, before[0] ?? '')).toBe(false);
    expect(await recoveryCodes.use(person.acting, after[0] ?? '')).toBe(true);
  });

  it('keep the last one that a role needs', async () => {
    const strict = await openSignInWorld({ CAREWARD_SECOND_FACTOR_ROLES: STAFF_ROLES.join(',') });
    try {
      const person = await strict.person({ roles: ['NURSE'] });
      const acting = actingOf(person);
      const memberships = [{ clinicId: await strict.clinic(), roles: ['NURSE' as const] }];
      const principal = { accountId: person.id, platformRole: null, memberships, sessionId: '' } as unknown;
      const { secret } = await strict.platform.ownFactors.beginTotp(acting);
      const code = codeOf(secret, strict.clock);
      await strict.platform.ownFactors.confirmTotp(acting, principal as Principal, { code });
      await expect(strict.platform.ownFactors.removeTotp(acting, principal as Principal)).rejects.toEqual(
        coded('second-factor-required-by-role'),
      );
    } finally {
      await strict.close();
    }
  });
});

describe('the factors of a member', () => {
  const inClinic = (administrator: Signed, clinicId: Awaited<ReturnType<SignInWorld['clinic']>>) => ({
    ...administrator.acting,
    actorRole: 'CLINIC_ADMIN' as const,
    clinicId,
  });

  it('are taken away by an administrator: sessions end at once, an entry names both', async () => {
    const clinicId = await world.clinic();
    const administrator = await signedInPerson({ roles: ['CLINIC_ADMIN'], clinicId });
    const member = await signedInPerson({ roles: ['NURSE'], clinicId });
    await addTotp(member);
    const entries = await entriesOf(world, () =>
      world.platform.memberFactors.removeAll(inClinic(administrator, clinicId), member.id),
    );
    expect(entries).toMatchObject([
      {
        action: 'second-factor.remove-by-administrator',
        resource_id: member.id,
        actor_id: administrator.id,
        clinic_id: clinicId,
      },
    ]);
    expect(await world.platform.factors.list(member.acting)).toEqual({
      totpConfirmedAt: null,
      passkeys: 0,
      recoveryCodesLeft: 0,
    });
    const gate = await world.platform.stores.identity.gate({
      session: {
        accountId: member.id,
        sessionId: member.principal.sessionId,
        fingerprint: '0'.repeat(16),
        accountLimit: { intervalMs: 1, burst: 1_000 },
      },
    });
    expect(gate.session?.state).toBe('ended');
  });

  it('are not taken from oneself, from people of other clinics too, nor from those of none here', async () => {
    const [clinicId, elsewhere] = [await world.clinic(), await world.clinic()];
    const administrator = await signedInPerson({ roles: ['CLINIC_ADMIN'], clinicId });
    const both = await signedInPerson({ roles: ['NURSE'], clinicId });
    const identity = world.platform.database.forIdentity({ ...both.acting, clinicId: elsewhere });
    await identity.run(
      identity.build
        .insertInto('membership')
        .values({ clinic_id: elsewhere, account_id: both.id, role: 'NURSE' }),
    );
    const foreign = await signedInPerson({ roles: ['NURSE'], clinicId: elsewhere });
    const remove = (id: string) =>
      world.platform.memberFactors.removeAll(inClinic(administrator, clinicId), id);
    await addTotp(both);
    await expect(remove(administrator.id)).rejects.toEqual(coded('second-factor-removal-refused'));
    await expect(remove(both.id)).rejects.toEqual(coded('second-factor-removal-refused'));
    await expect(remove(foreign.id)).rejects.toEqual(coded('second-factor-not-found'));
    await expect(remove('00000000-0000-4000-8000-000000000000')).rejects.toEqual(
      coded('second-factor-not-found'),
    );
    expect((await world.platform.factors.list(both.acting)).totpConfirmedAt).not.toBeNull();
  });
});
