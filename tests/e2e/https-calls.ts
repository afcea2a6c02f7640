import { readFile } from 'node:fs/promises';
import { request } from 'node:https';

/** Which server, trusting whom. */
export interface Server {
  readonly url: string;
  readonly authorityFile: string;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Signs in over TLS without a key of its own, and answers the code of the refusal: `authentication-key-required` for a right password. */
export async function signIn({
  email,
  password,
  ...server
}: Server & { readonly email: string; readonly password: string }) {
  const { text } = await call(server, '/api/v1/auth/sign-in', JSON.stringify({ email, password }));
  return (JSON.parse(text) as { code?: string }).code;
}

/** The text of a public page. */
export async function readText({ path, ...server }: Server & { readonly path: string }): Promise<string> {
  const { status, text } = await call(server, path);
  if (status !== 200) throw new Error(`${path} answered ${status}`);
  return text;
}

async function call({ url, authorityFile }: Server, path: string, body?: string): Promise<Answer> {
  const ca = await readFile(authorityFile);
  const headers =
    body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return await new Promise((resolve, reject) => {
    request(
      new URL(path, url),
      { method: body === undefined ? 'GET' : 'POST', ca, headers, agent: false },
      (response) => {
        let text = '';
        response
          .setEncoding('utf8')
          .on('data', (chunk: string) => {
            text += chunk;
          })
          .on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    )
      .on('error', reject)
      .end(body);
  });
}
