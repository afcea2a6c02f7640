import { SignInResult, TotpEnrolment } from '@careward/api-schema';
import { systemClock } from '@careward/kernel';
import { generateSync } from 'otplib';
import type { ApiClient } from '../client/api-client.ts';
import { stepFailed } from './step-failed.ts';

/** Somebody who can sign in. */
export interface Person {
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
}

/** Somebody who has signed in. The session outlives each stop of the server. */
export interface SignedInPerson extends Person {
  /** Acts as this person, with the key that the session is bound to. */
  readonly client: ApiClient;
  readonly accessToken: string;
  /** The secret of the authenticator app; undefined for those whose role asks for none. */
  readonly authenticator: string | undefined;
}

type Progress = Pick<SignedInPerson, 'authenticator'> & { readonly result: SignInResult };

/** Signs in by password; staff add an authenticator app on the way. Whoever has one already is not signed in. */
export async function signIn(nobody: ApiClient, person: Person): Promise<SignedInPerson> {
  const { email, password } = person;
  const first = await nobody.get(SignInResult, post('/api/v1/auth/sign-in', { email, password }));
  const { result, authenticator } = await enrol(nobody, first);
  const accessToken = result.status === 'signed-in' ? result.accessToken : undefined;
  if (accessToken === undefined) throw stepFailed('the sign-in', 'tokens', result.status);
  return { ...person, client: nobody.as(accessToken), accessToken, authenticator };
}

async function enrol(nobody: ApiClient, result: SignInResult): Promise<Progress> {
  if (result.status !== 'enrolment-required') return { result, authenticator: undefined };
  const { challenge } = result;
  const path = '/api/v1/auth/sign-in/totp';
  const { secret } = await nobody.get(TotpEnrolment, post(path, { challenge }));
  const code = generateSync({ secret, epoch: Math.floor(systemClock.now() / 1_000) });
  const confirmed = await nobody.get(SignInResult, post(`${path}/confirm`, { challenge, code }));
  return { result: confirmed, authenticator: secret };
}

function post(path: string, body: object) {
  return { method: 'POST', path, body } as const;
}
