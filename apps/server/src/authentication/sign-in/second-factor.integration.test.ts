import { SIGN_IN_POLICY, STAFF_ROLES } from '@careward/access-policy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  actingOf,
  challengeOf,
  clientFrom,
  codeOf,
  openSignInWorld,
  passwordHashOf,
  type SignInPersonOf,
  type SignInWorld,
  signedIn,
} from '../../../test-harness/sign-in-world.ts';
import type { ClientBinding } from '../sessions/session-types.ts';

let world: SignInWorld;
beforeAll(async () => {
  world = await openSignInWorld({ CAREWARD_SECOND_FACTOR_ROLES: STAFF_ROLES.join(',') });
});
afterAll(() => world.close());

const invalid = expect.objectContaining({ code: 'authentication-challenge-invalid' });
const wrong = expect.objectContaining({ code: 'authentication-code-wrong' });
const locked = expect.objectContaining({ code: 'authentication-locked' });

const firstStep = ({ email, password }: SignInPersonOf, client = clientFrom(), deviceToken?: string) =>
  world.platform.passwordSignIn.signIn(client, {
    email,
    password,
    ...(deviceToken !== undefined && { deviceToken }),
  });
const withCode = (challenge: string, code: string, client = clientFrom()) =>
  world.platform.secondFactorSignIn.complete(client, { challenge, code });
const withRecovery = (challenge: string, recoveryCode: string) =>
  world.platform.secondFactorSignIn.complete(clientFrom(), { challenge, recoveryCode });

/** A nurse with an authenticator app, added at the first sign-in; its clock has moved on to the next code. */
async function nurse() {
  const person = await world.person({ roles: ['NURSE'] });
  const challenge = challengeOf(await firstStep(person));
  const { secret } = await world.platform.secondFactorSignIn.beginEnrolment(clientFrom(), challenge);
  const code = codeOf(secret, world.clock);
  const result = signedIn(
    await world.platform.secondFactorSignIn.confirmEnrolment(clientFrom(), { challenge, code }),
  );
  world.clock.advance(30_000);
  return { ...person, ...result, secret, recoveryCodes: result.recoveryCodes ?? [] };
}

describe('a role that needs a second factor', () => {
  it.each(STAFF_ROLES.filter((role) => role !== 'SUPER_ADMIN'))('%s is led to add one', async (role) => {
    expect(SIGN_IN_POLICY[role].secondFactor).toBe('required');
    const person = await world.person({ roles: [role] });
    const { status } = await firstStep(person);
    expect(status).toBe('enrolment-required');
    expect(await world.platform.sessions.list(person.id)).toEqual([]);
  });

  it('is not held by a patient', async () => {
    expect((await firstStep(await world.person({ roles: ['PATIENT'] }))).status).toBe('signed-in');
  });

  it('gets tokens and ten recovery codes once the app has shown its first code', async () => {
    const person = await nurse();
    expect(person.accessToken).toBeTypeOf('string');
    expect(new Set(person.recoveryCodes).size).toBe(10);
    for (const code of person.recoveryCodes) expect(code).toMatch(/^([0-9a-f]{4}-){7}[0-9a-f]{4}$/);
    const [session] = await world.platform.sessions.list(person.id);
    expect(session?.body.methods).toEqual(['pwd', 'otp']);
  });

  it('is asked for the factor ever after, and has to name it', async () => {
    const result = await firstStep(await nurse());
    expect(result).toMatchObject({
      status: 'second-factor-required',
      factors: ['totp', 'recovery-code'],
      expiresIn: 300,
    });
  });

  it('keeps the secret sealed', async () => {
    const { id, secret } = await nurse();
    const identity = world.platform.database.forIdentity(actingOf({ id } as SignInPersonOf));
    const [row] = await identity.run(
      identity.build.selectFrom('totp_factor').select('secret').where('account_id', '=', id),
    );
    expect(row?.secret.toString('latin1')).not.toContain(secret);
    expect(row?.secret.length).toBeGreaterThan(32);
  });
});

describe('an enrolment', () => {
  it('is over for everybody else once the account has a factor', async () => {
    const person = await world.person({ roles: ['NURSE'] });
    const [mine, thiefs] = [challengeOf(await firstStep(person)), challengeOf(await firstStep(person))];
    const { secondFactorSignIn } = world.platform;
    const { secret } = await secondFactorSignIn.beginEnrolment(clientFrom(), mine);
    const code = codeOf(secret, world.clock);
    signedIn(await secondFactorSignIn.confirmEnrolment(clientFrom(), { challenge: mine, code }));
    await expect(secondFactorSignIn.beginEnrolment(clientFrom(), thiefs)).rejects.toEqual(invalid);
  });

  it('takes no code of a secret that was replaced, and its challenge completes nothing else', async () => {
    const person = await world.person({ roles: ['NURSE'] });
    const challenge = challengeOf(await firstStep(person));
    const { secondFactorSignIn } = world.platform;
    const { secret } = await secondFactorSignIn.beginEnrolment(clientFrom(), challenge);
    await secondFactorSignIn.beginEnrolment(clientFrom(), challenge);
    const confirming = secondFactorSignIn.confirmEnrolment(clientFrom(), {
      challenge,
      code: codeOf(secret, world.clock),
    });
    await expect(confirming).rejects.toEqual(wrong);
    await expect(withCode(challenge, '000000')).rejects.toEqual(invalid);
  });
});

describe('a one-time code', () => {
  it.each([-1, 0, 1])('%d steps away is taken', async (steps) => {
    const person = await nurse();
    world.clock.advance(60_000);
    signedIn(await withCode(challengeOf(await firstStep(person)), codeOf(person.secret, world.clock, steps)));
  });

  it.each([-2, 2])('%d steps away is not', async (steps) => {
    const person = await nurse();
    world.clock.advance(60_000);
    const challenge = challengeOf(await firstStep(person));
    await expect(withCode(challenge, codeOf(person.secret, world.clock, steps))).rejects.toEqual(wrong);
  });

  it('opens one session when it is used nine times at once, each with a challenge of its own', async () => {
    const person = await nurse();
    const { deviceToken } = person;
    const challenges: string[] = [];
    for (let n = 0; n < 9; n += 1)
      challenges.push(challengeOf(await firstStep(person, clientFrom(`192.0.2.${n}`), deviceToken)));
    const code = codeOf(person.secret, world.clock);
    const outcomes = await Promise.allSettled(challenges.map((challenge) => withCode(challenge, code)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await world.platform.sessions.list(person.id)).toHaveLength(2);
  });

  it('is spent, and so is every earlier one', async () => {
    const person = await nurse();
    const [before, now] = [codeOf(person.secret, world.clock, -1), codeOf(person.secret, world.clock)];
    signedIn(await withCode(challengeOf(await firstStep(person)), now));
    const challenge = challengeOf(await firstStep(person));
    await expect(withCode(challenge, now)).rejects.toEqual(wrong);
    await expect(withCode(challenge, before)).rejects.toEqual(wrong);
  });

  it('cannot be tried ten times more with new challenges, addresses and clients', async () => {
    const person = await nurse();
    for (let n = 0; n < 10; n += 1) {
      const client = clientFrom(`198.51.100.${n}`, { agent: `client ${n}`, keyThumbprint: `key-${n}` });
      await expect(withCode(challengeOf(await firstStep(person, client)), '000000', client)).rejects.toEqual(
        wrong,
      );
    }
    const client = clientFrom('203.0.113.7');
    const right = codeOf(person.secret, world.clock);
    await expect(withCode(challengeOf(await firstStep(person, client)), right, client)).rejects.toEqual(
      locked,
    );
    const known = challengeOf(await firstStep(person, client, person.deviceToken));
    signedIn(await withCode(known, right, client));
  });
});

describe('a recovery code', () => {
  it('works once, in any spelling, and stands for the code of the app', async () => {
    const person = await nurse();
    const [code = ''] = person.recoveryCodes;
    const typed = ` ${code.toUpperCase().replaceAll('-', ' ')} `;
    signedIn(await withRecovery(challengeOf(await firstStep(person)), typed));
    await expect(withRecovery(challengeOf(await firstStep(person)), code)).rejects.toEqual(wrong);
  });

  it('opens one session when it is used by several at once', async () => {
    const person = await nurse();
    const [, code = ''] = person.recoveryCodes;
    const challenges: string[] = [];
    for (let n = 0; n < 5; n += 1) challenges.push(challengeOf(await firstStep(person)));
    const outcomes = await Promise.allSettled(challenges.map((challenge) => withRecovery(challenge, code)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('of another account is none', async () => {
    const [person, other] = [await nurse(), await nurse()];
    const [code = ''] = other.recoveryCodes;
    await expect(withRecovery(challengeOf(await firstStep(person)), code)).rejects.toEqual(wrong);
  });
});

describe('a challenge', () => {
  const bound = (changes: Partial<ClientBinding> & { agent?: string } = {}) =>
    clientFrom('192.0.2.1', { keyThumbprint: 'key-a', ...changes });

  it.each([
    ['another key', { keyThumbprint: 'key-b' }],
    ['no key', { keyThumbprint: null }],
    ['another kind of client', { kind: 'browser' as const }],
    ['another program', { agent: 'curl/8.0' }],
  ])('is nothing to a client with %s', async (_, changes) => {
    const person = await nurse();
    const challenge = challengeOf(await firstStep(person, bound()));
    const code = codeOf(person.secret, world.clock);
    await expect(withCode(challenge, code, bound(changes))).rejects.toEqual(invalid);
    signedIn(await withCode(challenge, code, bound()));
  });

  it('is used up by its completion', async () => {
    const person = await nurse();
    const challenge = challengeOf(await firstStep(person));
    signedIn(await withCode(challenge, codeOf(person.secret, world.clock)));
    world.clock.advance(30_000);
    await expect(withCode(challenge, codeOf(person.secret, world.clock))).rejects.toEqual(invalid);
  });

  it('of another account does not help', async () => {
    const [person, other] = [await nurse(), await nurse()];
    const challenge = challengeOf(await firstStep(person));
    await expect(withCode(challenge, codeOf(other.secret, world.clock))).rejects.toEqual(wrong);
  });

  it('is worth nothing when the password was replaced in the meantime', async () => {
    const person = await nurse();
    const challenge = challengeOf(await firstStep(person));
    const before = (await passwordHashOf(world, person)) ?? '';
    const after = await world.platform.passwords.hash('another password');
    await world.platform.accounts.changePassword(actingOf(person), { before, after }, []);
    await expect(withCode(challenge, codeOf(person.secret, world.clock))).rejects.toMatchObject({
      code: 'authentication-failed',
    });
  });

  it('that nobody made is refused', async () => {
    await expect(withCode('x'.repeat(43), '000000')).rejects.toEqual(invalid);
  });
});
