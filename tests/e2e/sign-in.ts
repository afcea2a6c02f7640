import { readFile } from 'node:fs/promises';
import { request } from 'node:https';

/** Who signs in where, trusting whom. */
export interface SignIn {
  readonly url: string;
  readonly authorityFile: string;
  readonly email: string;
  readonly password: string;
}

/** Signs in over TLS and answers the status. */
export async function signIn({ url, authorityFile, email, password }: SignIn): Promise<number> {
  const ca = await readFile(authorityFile);
  const body = JSON.stringify({ email, password });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return await new Promise((resolve, reject) => {
    request(`${url}/api/v1/auth/sign-in`, { method: 'POST', ca, headers, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end(body);
  });
}
