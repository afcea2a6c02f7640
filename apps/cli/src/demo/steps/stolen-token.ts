import { Agent, request } from 'undici';
import { type ApiCall, problemOf } from '../../client/api-client.ts';
import type { Started } from '../demo-server.ts';
import type { Shown } from '../narrator.ts';
import type { Scene } from '../scene.ts';
import { personOf } from '../staff.ts';
import { expectShown } from '../step-failed.ts';

const EXPECTED = [
  'success',
  'authentication-token-invalid',
  'authentication-proof-invalid',
  'authentication-session-ended',
].join(', ');

/** A copied access token opens nothing, and its owner's opens nothing more once the session is ended. */
export async function tokenIsNotEnough({ server, first, patient }: Scene): Promise<Shown> {
  const started = await server.start();
  const { client, accessToken } = personOf(first, 'RECEPTIONIST');
  const call = { path: `/api/v1/patients/${patient.id}`, clinicId: first.id, purpose: 'HOPERAT' } as const;
  const own = codeOf((await client.call(call)).body);
  const asBearer = codeOf(await answerWithoutKey(started, `Bearer ${accessToken}`, call));
  const asBound = codeOf(await answerWithoutKey(started, `DPoP ${accessToken}`, call));
  await client.tell({ method: 'POST', path: '/api/v1/auth/sign-out' });
  const afterwards = codeOf((await client.call(call)).body);
  const shown = [own, asBearer, asBound, afterwards].join(', ');
  expectShown(shown === EXPECTED, 'a stolen token', EXPECTED, `the answers were ${shown}`);
  return { outcome: '401', text: `copied: ${asBearer}, ${asBound}; after the sign-out: ${afterwards}` };
}

function codeOf(body: unknown): string {
  return problemOf(body)?.code ?? 'success';
}

/** What a request gets that has the token and nothing else. */
async function answerWithoutKey(
  { running, authority }: Started,
  authorization: string,
  { path, clinicId, purpose }: ApiCall & { readonly clinicId: string; readonly purpose: string },
): Promise<unknown> {
  const agent = new Agent({ connect: authority === undefined ? {} : { ca: authority } });
  const headers = { authorization, 'x-clinic-id': clinicId, 'x-purpose-of-use': purpose };
  try {
    const { body } = await request(new URL(path, running.url), { dispatcher: agent, headers });
    return await body.json();
  } finally {
    await agent.close();
  }
}
