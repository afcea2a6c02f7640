/** People of the world of sign-in who are past it. */
import { chooseClinic } from '../src/authentication/sessions/session-body.ts';
import type { Principal } from '../src/request-context/index.ts';
import {
  actingOf,
  clientFrom,
  codeOf,
  type PersonTraits,
  type SignInWorld,
  signedIn,
} from './sign-in-world.ts';

/** Somebody who is signed in, as authentication presents them. */
export async function signedInPersonOf(world: SignInWorld, traits: PersonTraits = {}) {
  const person = await world.person(traits);
  const { passwordSignIn, sessions } = world.platform;
  const tokens = signedIn(
    await passwordSignIn.signIn(clientFrom(), { email: person.email, password: person.password }),
  );
  const own = (await sessions.list(person.id)).at(-1);
  if (own === undefined) throw new Error('no session');
  const { rights, methods, provenAt } = own.body;
  const principal: Principal = {
    ...rights,
    accountId: person.id,
    sessionId: own.record.sessionId,
    tokenClinicId: chooseClinic(undefined, rights),
    methods,
    provenAt,
    needsProof: false,
    keyThumbprint: null,
    client: 'api',
  };
  return { ...person, ...tokens, principal, acting: actingOf(person) };
}

/** A signed-in person with their tokens, principal and context. */
export type Signed = Awaited<ReturnType<typeof signedInPersonOf>>;

/** Adds an authenticator app; its clock has moved on to the next code. */
export async function addTotpOf(world: SignInWorld, { acting, principal }: Signed) {
  const { ownFactors } = world.platform;
  const { secret } = await ownFactors.beginTotp(acting);
  const code = codeOf(secret, world.clock);
  const { recoveryCodes } = await ownFactors.confirmTotp(acting, principal, { code });
  world.clock.advance(30_000);
  return { secret, recoveryCodes };
}
