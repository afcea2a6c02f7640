// A client of the server's own API, over TLS.
//
// Defends the passwords and tokens it sends: it trusts one authority, the one of the server's home folder, and nothing that the
// machine trusts besides; every call carries a proof of its key, to which the tokens are bound. Does not follow redirects, and never puts
// a secret into an address.
import { Problem, type PurposeOfUse } from '@careward/api-schema';
import { Agent, request } from 'undici';
import { cliErrors } from '../cli.errors.ts';
import { BoundKey } from './bound-key.ts';
import { RefusedByServer } from './refused-by-server.ts';

/** One call. `path` is below the server's address; `purpose` and `clinicId` become headers. */
export interface ApiCall {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly clinicId?: string;
  readonly purpose?: PurposeOfUse;
  readonly body?: object;
}

/** What came back, whatever the status. */
export interface ApiAnswer {
  readonly status: number;
  /** The answer read as JSON; undefined when it is none. */
  readonly body: unknown;
  readonly text: string;
}

/** A schema of @careward/api-schema. */
export interface AnswerSchema<T> {
  safeParse(value: unknown): { readonly success: true; readonly data: T } | { readonly success: false };
}

/** Where to call and whom to trust. */
export interface ApiAccess {
  readonly url: string;
  /** PEM of the authority to trust; absent with plain HTTP or a certificate that the machine trusts by itself. */
  readonly authority: string | undefined;
  /** What the server calls its own address (CAREWARD_PUBLIC_URL); default `url`. */
  readonly publicUrl?: string;
}

const TIMEOUT_MS = 30_000;

/** Calls the API of a running server, as one account or as nobody. */
export class ApiClient {
  readonly #url: string;
  readonly #agent: Agent;
  readonly #key: BoundKey;
  readonly #token: string | undefined;

  private constructor(url: string, agent: Agent, key: BoundKey, token?: string) {
    this.#url = url;
    this.#agent = agent;
    this.#key = key;
    this.#token = token;
  }

  /** A client that has signed in as nobody. Close it. Refuses plain HTTP beyond this machine with `cli-server-not-trusted`. */
  static open({ url, authority, publicUrl = url }: ApiAccess): ApiClient {
    rejectOpenWire(url);
    const connect = authority === undefined ? {} : { ca: authority };
    const agent = new Agent({ connect, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
    return new ApiClient(url, agent, new BoundKey(publicUrl));
  }

  /** The same connections and key, used by the holder of this access token, which is bound to the key. */
  as(accessToken: string): ApiClient {
    return new ApiClient(this.#url, this.#agent, this.#key, accessToken);
  }

  /** Calls and answers whatever the server says. Throws `cli-server-unreachable` or `cli-server-not-trusted`. */
  async call(call: ApiCall): Promise<ApiAnswer> {
    const first = await this.#send(call);
    // RFC 9449, 8: the server named a nonce; the call was not looked at and is made again with it.
    return first.status === 401 && first.hasNewNonce ? await this.#send(call) : first;
  }

  async #send(call: ApiCall): Promise<ApiAnswer & { readonly hasNewNonce: boolean }> {
    try {
      const response = await request(new URL(call.path, this.#url), {
        dispatcher: this.#agent,
        method: call.method ?? 'GET',
        headers: this.#headersOf(call),
        body: call.body === undefined ? null : JSON.stringify(call.body),
      });
      const text = await response.body.text();
      const hasNewNonce = this.#key.learn(response.headers['dpop-nonce']);
      return { status: response.statusCode, body: parse(text), text, hasNewNonce };
    } catch (cause) {
      throw connectionError(this.#url, cause);
    }
  }

  #headersOf({ method = 'GET', path, clinicId, purpose, body }: ApiCall): Record<string, string> {
    return {
      accept: 'application/json',
      dpop: this.#key.proof({ method, path, accessToken: this.#token }),
      ...(this.#token !== undefined && { authorization: `DPoP ${this.#token}` }),
      ...(clinicId !== undefined && { 'x-clinic-id': clinicId }),
      ...(purpose !== undefined && { 'x-purpose-of-use': purpose }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
  }

  /** Calls and reads the answer. Throws {@link RefusedByServer} on a refusal, `cli-answer-unexpected` on what is no answer. */
  async get<T>(schema: AnswerSchema<T>, call: ApiCall): Promise<T> {
    const { status, body } = await this.call(call);
    rejectRefusal(status, body);
    const parsed = schema.safeParse(body);
    if (!parsed.success) throw unexpected(status, call);
    return parsed.data;
  }

  /** Calls where no content is expected. */
  async tell(call: ApiCall): Promise<void> {
    const { status, body } = await this.call(call);
    rejectRefusal(status, body);
    if (status >= 300) throw unexpected(status, call);
  }

  /** Ends the connections. */
  async close(): Promise<void> {
    await this.#agent.close();
  }
}

/** The problem of an answer, or undefined when it is none. */
export function problemOf(body: unknown): Problem | undefined {
  return Problem.safeParse(body).data;
}

function rejectRefusal(status: number, body: unknown): void {
  const problem = status >= 400 ? problemOf(body) : undefined;
  if (problem !== undefined) throw new RefusedByServer(status, problem);
}

function unexpected(status: number, { method = 'GET', path }: ApiCall) {
  return cliErrors.error('cli-answer-unexpected', { detail: `${method} ${path}: status ${status}` });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

function rejectOpenWire(url: string): void {
  const { protocol, hostname } = URL.parse(url) ?? {};
  if (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname ?? ''))) return;
  throw cliErrors.error('cli-server-not-trusted', { detail: `${url}: it is no https address` });
}

const CERTIFICATE_CODES = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ALTNAME/;

function connectionError(url: string, cause: unknown) {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  const kind = CERTIFICATE_CODES.test(code) ? 'cli-server-not-trusted' : 'cli-server-unreachable';
  return cliErrors.error(kind, { detail: `${url}: ${code}`, cause });
}
