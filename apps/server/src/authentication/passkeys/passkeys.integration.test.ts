import type { AccountId } from '@careward/kernel';
import { type Misbehaviour, SoftwareAuthenticator } from '@careward/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testIdentityContext } from '../../../test-harness/contexts.ts';
import {
  attestationCertificate,
  enrolledPerson,
  openPasskeyWorld,
  PASSKEY_ORIGIN,
  type PasskeyWorld,
} from '../../../test-harness/passkey-world.ts';
import { CHALLENGE_LIVES_MS, type ChallengeUse } from './passkey-challenges.ts';

let world: PasskeyWorld;
beforeAll(async () => {
  world = await openPasskeyWorld();
});
afterAll(() => world.close());

const SIGN_IN: ChallengeUse = { ceremony: 'sign-in', subject: '', keyThumbprint: 'key-a' };
const refused = expect.objectContaining({ code: 'passkey-refused' });

/** What goes wrong between the options and the answer to a sign-in. */
const ASSERTION_ATTACKS: Readonly<Record<string, Misbehaviour>> = {
  'an answer made for another site': { origin: 'https://careward.example.net' },
  'an answer made for another port of the host': { origin: 'https://localhost:9443' },
  'an answer made without TLS': { origin: 'http://localhost:8443' },
  'a page of ours in the frame of another site': { crossOrigin: true },
  'a page of ours in the frame of another site that is named': {
    crossOrigin: true,
    topOrigin: 'https://evil.example',
  },
  'a key of another relying party': { rpId: 'example.net' },
  'an answer to a challenge that nobody made': { challenge: Buffer.alloc(32, 7).toString('base64url') },
  'the answer of a registration': { type: 'webauthn.create' },
  'nobody at the device': { userPresent: false },
  'a person whom the device did not verify, with nothing but the passkey': { userVerified: false },
  'a signature with one bit changed': { tamperedSignature: true },
  'a credential that nobody registered': { credentialId: Buffer.alloc(32, 9).toString('base64url') },
  'an answer that names no account': { userHandle: undefined },
  'an answer that names an account that is not there': {
    userHandle: Buffer.alloc(16, 3).toString('base64url'),
  },
  'an answer that names something else': { userHandle: Buffer.from('administrator').toString('base64url') },
  'a counter that stands still': { counter: 1 },
  'a counter that went back to zero': { counter: 0 },
};

describe('sign-in by a passkey', () => {
  it('is believed, and counts as two factors when the device verified the person', async () => {
    const { context, device } = await enrolledPerson(world);
    await expect(signIn(device)).resolves.toEqual({ accountId: context.actorId, methods: ['hwk', 'user'] });
  });

  it.each(Object.entries(ASSERTION_ATTACKS))('refuses %s', async (_, wrong) => {
    const { device } = await enrolledPerson(world);
    await signIn(device);
    await expect(signIn(device, wrong)).rejects.toEqual(refused);
  });

  it('refuses a passkey of one person that says to be of another', async () => {
    const [one, other] = [await enrolledPerson(world), await enrolledPerson(world)];
    const userHandle = Buffer.from(other.context.actorId.replaceAll('-', ''), 'hex').toString('base64url');
    await expect(signIn(one.device, { userHandle })).rejects.toEqual(refused);
    await expect(signIn(one.device, { userHandle, credentialId: other.credentialId })).rejects.toEqual(
      refused,
    );
  });

  it('refuses an answer that was used before, in turn and at once', async () => {
    const { device } = await enrolledPerson(world);
    const answer = device.get(await world.authentication.optionsForAnybody(SIGN_IN));
    const { origin } = await world.person();
    const twice = await Promise.allSettled(
      [1, 2].map(() => world.authentication.identify(origin, SIGN_IN, answer)),
    );
    expect(twice.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(world.authentication.identify(origin, SIGN_IN, answer)).rejects.toEqual(refused);
  });

  it('refuses an answer after its time', async () => {
    const { device } = await enrolledPerson(world);
    const answer = device.get(await world.authentication.optionsForAnybody(SIGN_IN));
    world.clock.advance(CHALLENGE_LIVES_MS + 1);
    const { origin } = await world.person();
    await expect(world.authentication.identify(origin, SIGN_IN, answer)).rejects.toEqual(refused);
  });

  it.each<[string, Partial<ChallengeUse>]>([
    ['another client', { keyThumbprint: 'key-b' }],
    ['a client without a key', { keyThumbprint: null }],
    ['another purpose', { ceremony: 'second-factor' }],
    ['another sign-in', { subject: 'other' }],
  ])('refuses the challenge of %s', async (_, change) => {
    const { device } = await enrolledPerson(world);
    const { origin } = await world.person();
    const answer = device.get(await world.authentication.optionsForAnybody({ ...SIGN_IN, ...change }));
    await expect(world.authentication.identify(origin, SIGN_IN, answer)).rejects.toEqual(refused);
    const back = device.get(await world.authentication.optionsForAnybody(SIGN_IN));
    const use = { ...SIGN_IN, ...change };
    await expect(world.authentication.identify(origin, use, back)).rejects.toEqual(refused);
  });

  it('tells the person and the watch of a counter that went back, and of nothing that a stranger could forge', async () => {
    const { context, device } = await enrolledPerson(world);
    await signIn(device, { counter: 50 });
    await expect(signIn(device, { counter: 50, tamperedSignature: true })).rejects.toEqual(refused);
    expect(await securityEvents(context.actorId)).not.toContain('passkey.counter-regressed');
    await expect(signIn(device, { counter: 50 })).rejects.toEqual(refused);
    expect(await securityEvents(context.actorId)).toContain('passkey.counter-regressed');
    const copied = world.told.filter(({ type }) => type === 'authentication.passkey-copied');
    expect(copied.at(-1)?.details).toEqual({ accountId: context.actorId });
  });

  it('takes passkeys that do not count', async () => {
    const { device } = await enrolledPerson(world);
    await signIn(device, { counter: 0 });
    await expect(signIn(device, { counter: 0 })).resolves.toBeDefined();
  });

  it('asks everybody the same', async () => {
    const [one, two] = [await options(), await options()];
    expect({ ...one, challenge: '' }).toEqual({ ...two, challenge: '' });
    expect(one.allowCredentials).toEqual([]);
    expect(one.challenge).not.toBe(two.challenge);
  });
});

describe('a passkey as second factor', () => {
  const use: ChallengeUse = { ceremony: 'second-factor', subject: 'a sign-in', keyThumbprint: null };

  it('is one factor when the device did not verify the person, two when it did', async () => {
    const { context, device } = await enrolledPerson(world);
    const prove = async (wrong: Misbehaviour) => {
      const asked = await world.authentication.optionsFor(context.origin, context.actorId, use);
      return world.authentication.prove(context.origin, context.actorId, use, device.get(asked, wrong));
    };
    expect((await prove({ userVerified: false })).methods).toEqual(['hwk']);
    expect((await prove({ userHandle: undefined })).methods).toEqual(['hwk', 'user']);
  });

  it('refuses a passkey that says to be of another account', async () => {
    const [one, other] = [await enrolledPerson(world), await enrolledPerson(world)];
    const userHandle = Buffer.from(other.context.actorId.replaceAll('-', ''), 'hex').toString('base64url');
    const asked = await world.authentication.optionsFor(one.context.origin, one.context.actorId, use);
    const answer = one.device.get(asked, { userHandle });
    const proof = world.authentication.prove(one.context.origin, one.context.actorId, use, answer);
    await expect(proof).rejects.toEqual(refused);
    expect(await securityEvents(one.context.actorId)).toContain('sign-in.second-factor.failed');
  });

  it("refuses somebody else's passkey", async () => {
    const [one, other] = [await enrolledPerson(world), await enrolledPerson(world)];
    for (const wrong of [
      {},
      { userHandle: undefined },
      { credentialId: one.credentialId, userHandle: undefined },
    ]) {
      const { challenge, rpId } = await world.authentication.optionsFor(
        one.context.origin,
        one.context.actorId,
        use,
      );
      const answer = other.device.get({ challenge, rpId }, wrong);
      const proof = world.authentication.prove(one.context.origin, one.context.actorId, use, answer);
      await expect(proof).rejects.toEqual(refused);
    }
  });
});

const REGISTRATION_ATTACKS: Readonly<Record<string, Misbehaviour>> = {
  'made for another site': { origin: 'https://careward.example.net' },
  'made in the frame of another site': { crossOrigin: true },
  'made for another relying party': { rpId: 'example.net' },
  'made for a challenge that nobody made': { challenge: Buffer.alloc(32, 7).toString('base64url') },
  'that is a sign-in': { type: 'webauthn.get' },
  'made with nobody at the device': { userPresent: false },
};

describe('adding a passkey', () => {
  it.each(Object.entries(REGISTRATION_ATTACKS))('refuses one %s', async (_, wrong) => {
    const context = await world.person();
    await expect(register(context, wrong)).rejects.toEqual(refused);
    expect((await world.registration.list(context)).items).toEqual([]);
  });

  it('refuses one attested by a certificate, whose revocation list the server would be made to fetch', async () => {
    await expect(
      register(await world.person(), { attestedBy: await attestationCertificate() }),
    ).rejects.toEqual(refused);
  });

  it('refuses the challenge of another account', async () => {
    const [one, other] = [await world.person(), await world.person()];
    const use = registrationOf(one.actorId);
    const response = new SoftwareAuthenticator(PASSKEY_ORIGIN).create(
      await world.registration.options(one, use),
    );
    const stolen = world.registration.add(other, registrationOf(other.actorId), {
      label: 'Mine',
      response,
      place: 'further-factor',
    });
    await expect(stolen).rejects.toEqual(refused);
  });

  it("refuses a credential id that is somebody else's, whose passkey stays as it is", async () => {
    const { context, device, credentialId } = await enrolledPerson(world);
    await expect(register(await world.person(), { credentialId })).rejects.toEqual(refused);
    await expect(signIn(device)).resolves.toMatchObject({ accountId: context.actorId });
  });

  it('leaves an audit entry and a security event, and shows the passkey to nobody else', async () => {
    const { context, credentialId } = await enrolledPerson(world);
    expect(await securityEvents(context.actorId)).toEqual(['passkey.add']);
    expect(await auditedActions(credentialId)).toEqual(['passkey.add']);
    expect((await world.registration.list(context)).items).toMatchObject([{ credentialId, label: 'Phone' }]);
    expect((await world.registration.list(await world.person())).items).toEqual([]);
  });

  it('is refused in a sign-in that asked for a first factor when there is one by now', async () => {
    const { context } = await enrolledPerson(world);
    await expect(register(context, {}, 'first-factor')).rejects.toEqual(refused);
    await expect(register(await world.person(), {}, 'first-factor')).resolves.toBeDefined();
  });

  it('ends at twenty', async () => {
    const context = await world.person();
    for (let made = 0; made < 20; made += 1) await register(context);
    await expect(register(context)).rejects.toMatchObject({ code: 'passkey-limit-reached' });
  });
});

describe('removing a passkey', () => {
  it('ends its use', async () => {
    const { context, device, credentialId } = await enrolledPerson(world);
    await world.registration.remove(context, credentialId, false);
    await expect(signIn(device)).rejects.toEqual(refused);
    expect(await securityEvents(context.actorId)).toContain('passkey.remove');
  });

  it("does not reach anybody else's", async () => {
    const { device, credentialId } = await enrolledPerson(world);
    const removal = world.registration.remove(await world.person(), credentialId, false);
    await expect(removal).rejects.toMatchObject({ code: 'passkey-not-found' });
    await expect(signIn(device)).resolves.toBeDefined();
  });

  it('leaves the last second factor that a role requires, also when two are removed at once', async () => {
    const { context, credentialId } = await enrolledPerson(world);
    const second = await register(context);
    const removals = [credentialId, second.credentialId].map((id) =>
      world.registration.remove(context, id, true),
    );
    const ended = await Promise.allSettled(removals);
    expect(ended.filter(({ status }) => status === 'rejected')).toMatchObject([
      { reason: { code: 'passkey-last-factor' } },
    ]);
    expect((await world.registration.list(context)).items).toHaveLength(1);
  });
});

function options() {
  return world.authentication.optionsForAnybody(SIGN_IN);
}

async function signIn(device: SoftwareAuthenticator, wrong: Misbehaviour = {}) {
  const { origin } = await world.person();
  return world.authentication.identify(origin, SIGN_IN, device.get(await options(), wrong));
}

function registrationOf(subject: string): ChallengeUse {
  return { ceremony: 'registration', subject, keyThumbprint: null };
}

async function register(
  context: Awaited<ReturnType<PasskeyWorld['person']>>,
  wrong: Misbehaviour = {},
  place: 'first-factor' | 'further-factor' = 'further-factor',
) {
  const use = registrationOf(context.actorId);
  const device = new SoftwareAuthenticator(PASSKEY_ORIGIN);
  const response = device.create(await world.registration.options(context, use), wrong);
  return world.registration.add(context, use, { label: 'Key', response, place });
}

/** What the person is shown, read as the person: nobody else may. */
async function securityEvents(actorId: AccountId): Promise<string[]> {
  const own = world.test.database.forIdentity(testIdentityContext({ actorId }));
  const rows = await own.run(own.build.selectFrom('security_event').select('kind').orderBy('id'));
  return rows.map(({ kind }) => kind);
}

async function auditedActions(resourceId: string): Promise<string[]> {
  const all = world.test.database.forSequencer();
  const rows = await all.run(
    all.build.selectFrom('audit_entry').select('action').where('resource_id', '=', resourceId),
  );
  return rows.map(({ action }) => action);
}
