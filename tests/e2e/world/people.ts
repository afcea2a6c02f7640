import type { ClinicRole } from '@careward/access-policy';
import { type Answer, TEST_PASSWORD } from '../../../apps/server/test-harness/index.ts';
import type { Wire, WireRequest } from './wire.ts';

/** What a sign-in gives. */
export interface SignedIn {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly accountId: string;
  readonly sessionId: string;
  /** The Authorization header. */
  readonly header: readonly [name: string, value: string];
}

/** The address of the person who holds a role in a clinic of the test world. */
export function emailOf(role: ClinicRole, clinic: 'north' | 'south'): string {
  return `${role.toLowerCase()}@${clinic}.example.org`;
}

/** Signs in over the wire; everybody in the test world has the same password. */
export async function signIn(wire: Wire, email: string): Promise<SignedIn> {
  const { status, body, text } = await attempt(wire, email, TEST_PASSWORD);
  if (status !== 200) throw new Error(`sign-in of ${email}: ${status} ${text}`);
  return signedIn(String(body.accessToken), String(body.refreshToken));
}

/** Tries to sign in. */
export function attempt(
  wire: Wire,
  email: string,
  password: string,
): Promise<Answer<Record<string, unknown>>> {
  return wire.send({ method: 'POST', path: '/api/v1/auth/sign-in', headers: [], body: { email, password } });
}

/** A request in somebody's name. */
export function inNameOf({ header }: SignedIn, request: WireRequest): WireRequest {
  return { ...request, headers: [header, ...request.headers] };
}

function signedIn(accessToken: string, refreshToken: string): SignedIn {
  const claims = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()) as {
    sub: string;
    sid: string;
  };
  return {
    accessToken,
    refreshToken,
    accountId: claims.sub,
    sessionId: claims.sid,
    header: ['authorization', `Bearer ${accessToken}`],
  };
}
