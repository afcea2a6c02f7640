// The attacker may write to the database, or to a backup that is restored, and holds none of its keys. They have an account and a passkey of
// their own, and want to sign in by it as somebody else: by putting their public key in the place of the other's, in the form in which it
// is stored or in clear, or by moving their whole row to the other's account.
import { SoftwareAuthenticator } from '@careward/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChallengeUse } from '../../apps/server/src/authentication/passkeys/passkey-challenges.ts';
import {
  openPasskeyWorld,
  PASSKEY_ORIGIN,
  type PasskeyWorld,
} from '../../apps/server/test-harness/passkey-world.ts';

const SIGN_IN: ChallengeUse = { ceremony: 'sign-in', subject: '', keyThumbprint: 'key-a' };
const unopenable = expect.objectContaining({ code: 'vault-cell-unopenable' });

let world: PasskeyWorld;
beforeAll(async () => {
  world = await openPasskeyWorld();
  // The policies hold for the owner too, who can take them away.
  await world.test.asOwner('alter table passkey no force row level security');
});
afterAll(() => world.close());

describe('a passkey whose row was written by somebody without the keys', () => {
  it('signs nobody in under a key that was copied from another row', async () => {
    const [victim, attacker] = [await holder(), await holder()];
    await setKey(victim, 'select public_key from passkey where credential_id = $2', attacker.credentialId);
    await expect(signInAs(victim, attacker)).rejects.toEqual(unopenable);
    await expect(signInAs(attacker, attacker)).resolves.toMatchObject({ accountId: attacker.accountId });
  });

  it('signs nobody in under a key that was written in clear', async () => {
    const [victim, attacker] = [await holder(), await holder()];
    await setKey(victim, 'select $2::bytea', attacker.publicKey);
    await expect(signInAs(victim, attacker)).rejects.toEqual(unopenable);
  });

  it('signs nobody in when the row was moved to another account', async () => {
    const [victim, attacker] = [await holder(), await holder()];
    await expect(signInAs(attacker, attacker)).resolves.toBeDefined();
    await write('update passkey set account_id = $1 where credential_id = $2', [
      victim.accountId,
      attacker.credentialId,
    ]);
    const asVictim = { ...victim, credentialId: attacker.credentialId };
    await expect(signInAs(asVictim, attacker)).rejects.toEqual(unopenable);
    await expect(signInAs(victim, victim)).resolves.toMatchObject({ accountId: victim.accountId });
  });

  it('signs nobody in when the row was given the name of another credential', async () => {
    const [victim, attacker] = [await holder(), await holder()];
    await write('delete from passkey where credential_id = $1', [victim.credentialId]);
    await write('update passkey set account_id = $1, credential_id = $2 where credential_id = $3', [
      victim.accountId,
      victim.credentialId,
      attacker.credentialId,
    ]);
    await expect(signInAs(victim, attacker)).rejects.toEqual(unopenable);
  });
});

/** Somebody with a passkey. */
type Holder = Awaited<ReturnType<typeof holder>>;

async function holder() {
  const context = await world.person();
  const use: ChallengeUse = { ceremony: 'registration', subject: context.actorId, keyThumbprint: null };
  const device = new SoftwareAuthenticator(PASSKEY_ORIGIN);
  const response = device.create(await world.registration.options(context, use));
  const made = await world.registration.add(context, use, {
    label: 'Key',
    response,
    place: 'further-factor',
  });
  const { credentialId, publicKey } = made;
  return { accountId: context.actorId, origin: context.origin, device, credentialId, publicKey };
}

/** Puts what the query gives in the place of the victim's public key. */
async function setKey({ credentialId }: Holder, query: string, value: unknown): Promise<void> {
  await write(`update passkey set public_key = (${query}) where credential_id = $1`, [credentialId, value]);
}

/** Changes one row, as whoever owns the database. */
async function write(statement: string, values: unknown[]): Promise<void> {
  const rows = await world.test.asOwner(`${statement} returning credential_id`, values);
  expect(rows).toHaveLength(1);
}

/** An answer that the attacker's device signs and that names the other's account and credential. */
async function signInAs(named: Holder, { device, origin }: Holder) {
  const userHandle = Buffer.from(named.accountId.replaceAll('-', ''), 'hex').toString('base64url');
  const options = await world.authentication.optionsForAnybody(SIGN_IN);
  const answer = device.get(options, { userHandle, credentialId: named.credentialId });
  return world.authentication.identify(origin, SIGN_IN, answer);
}
