/** A client of a test server over real HTTPS: one person, one clinic, JSON in and out. */
import { readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { DpopClient } from '@careward/testing';

/** An answer as it came over the wire. */
export interface Answer<Body = unknown> {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed JSON; undefined when there was none. */
  readonly body: Body;
}

/** Where a server is and whom it trusts. */
export interface ServerAddress {
  readonly url: string;
  readonly authorityFile: string | undefined;
}

type Headers = Readonly<Record<string, string>>;

/** Where every test server says that it is, whatever its socket. */
export const TEST_PUBLIC_URL = 'https://localhost:8443';

interface BoundKey {
  readonly dpop: DpopClient;
  readonly accessToken: string | undefined;
}

/** Calls a server; `as` and `at` make clients of other people and clinics over the same connections. */
export class TestClient {
  readonly #url: string;
  readonly #agent: Agent;
  readonly #headers: Headers;
  /** The key that requests are proved with; undefined for a client of bearer tokens. */
  readonly #key: BoundKey | undefined;

  private constructor(url: string, agent: Agent, headers: Headers, key?: BoundKey) {
    this.#url = url;
    this.#agent = agent;
    this.#headers = headers;
    this.#key = key;
  }

  /** A client of nobody. */
  static async of({ url, authorityFile }: ServerAddress): Promise<TestClient> {
    const ca = authorityFile === undefined ? undefined : await readFile(authorityFile);
    return new TestClient(url, new Agent({ keepAlive: true, maxSockets: 32, ca }), {});
  }

  /** The same with more headers. */
  with(headers: Headers): TestClient {
    return new TestClient(this.#url, this.#agent, { ...this.#headers, ...headers }, this.#key);
  }

  /** The same with a key of its own: every request carries a proof, and signing in binds the tokens to the key (RFC 9449). */
  bound(dpop = new DpopClient()): TestClient {
    return new TestClient(this.#url, this.#agent, this.#headers, { dpop, accessToken: undefined });
  }

  /** The same, showing this access token as its kind of client does. */
  showing(accessToken: string): TestClient {
    const scheme = this.#key === undefined ? 'Bearer' : 'DPoP';
    const key = this.#key && { ...this.#key, accessToken };
    const headers = { ...this.#headers, authorization: `${scheme} ${accessToken}` };
    return new TestClient(this.#url, this.#agent, headers, key);
  }

  /** Signs in. */
  async signIn(email: string, password: string): Promise<TestClient> {
    const { status, body, text } = await this.post<{ accessToken: string }>('/api/v1/auth/sign-in', {
      email,
      password,
    });
    if (status !== 200) throw new Error(`sign-in of ${email}: ${status} ${text}`);
    return this.showing(body.accessToken);
  }

  /** Names a clinic in the header. */
  at(clinicId: string): TestClient {
    return this.with({ 'x-clinic-id': clinicId });
  }

  get<Body = Record<string, unknown>>(path: string): Promise<Answer<Body>> {
    return this.call('GET', path);
  }

  post<Body = Record<string, unknown>>(path: string, body: unknown): Promise<Answer<Body>> {
    return this.call('POST', path, body);
  }

  /** Sends any request. A Buffer body goes out as it is, everything else as JSON. A bound client repeats it with the nonce it is given. */
  async call<Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answer<Body>> {
    if (this.#key === undefined) return this.#send<Body>(method, path, body, {});
    const proved = () => this.#send<Body>(method, path, body, { dpop: this.#proof(method, path) });
    const answer = await proved();
    const nonceBefore = this.#key.dpop.nonce;
    this.#key.dpop.learn(answer.headers['dpop-nonce']);
    return answer.status === 401 && this.#key.dpop.nonce !== nonceBefore ? proved() : answer;
  }

  #proof(method: string, path: string): string {
    if (this.#key === undefined) throw new Error('a client without a key makes no proofs');
    const { dpop, accessToken } = this.#key;
    const url = new URL(path, TEST_PUBLIC_URL).href;
    return dpop.proof({ method, url, ...(accessToken !== undefined && { accessToken }) });
  }

  #send<Body>(method: string, path: string, body: unknown, more: Headers): Promise<Answer<Body>> {
    const bytes = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    const type =
      bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': `${bytes.length}` };
    const { promise, resolve, reject } = Promise.withResolvers<Answer<Body>>();
    const sent = request(new URL(path, this.#url), {
      method,
      agent: this.#agent,
      headers: { ...type, ...this.#headers, ...more },
    });
    sent.on('error', reject).on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          body: parsed(text) as Body,
        });
      });
    });
    sent.end(bytes);
    return promise;
  }

  /** Lets go of the connections. */
  close(): void {
    this.#agent.destroy();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
