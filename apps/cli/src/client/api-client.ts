// A client of the server's own API, over TLS.
//
// Defends the passwords and tokens it sends: it trusts one authority, the one of the server's home folder, and nothing that the
// machine trusts besides. Does not follow redirects, and never puts a secret into an address.
import { Problem, type PurposeOfUse } from '@careward/api-schema';
import { Agent, request } from 'undici';
import { cliErrors } from '../cli.errors.ts';
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
}

const TIMEOUT_MS = 30_000;

/** Calls the API of a running server, as one account or as nobody. */
export class ApiClient {
  readonly #url: string;
  readonly #agent: Agent;
  readonly #token: string | undefined;

  private constructor(url: string, agent: Agent, token: string | undefined) {
    this.#url = url;
    this.#agent = agent;
    this.#token = token;
  }

  /** A client that has signed in as nobody. Close it. Refuses plain HTTP beyond this machine with `cli-server-not-trusted`. */
  static open({ url, authority }: ApiAccess): ApiClient {
    rejectOpenWire(url);
    const connect = authority === undefined ? {} : { ca: authority };
    return new ApiClient(
      url,
      new Agent({ connect, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS }),
      undefined,
    );
  }

  /** The same connections, used by the bearer of this access token. */
  as(accessToken: string): ApiClient {
    return new ApiClient(this.#url, this.#agent, accessToken);
  }

  /** Calls and answers whatever the server says. Throws `cli-server-unreachable` or `cli-server-not-trusted`. */
  async call({ method = 'GET', path, clinicId, purpose, body }: ApiCall): Promise<ApiAnswer> {
    const headers = {
      accept: 'application/json',
      ...(this.#token !== undefined && { authorization: `Bearer ${this.#token}` }),
      ...(clinicId !== undefined && { 'x-clinic-id': clinicId }),
      ...(purpose !== undefined && { 'x-purpose-of-use': purpose }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const payload = body === undefined ? null : JSON.stringify(body);
    try {
      const response = await request(new URL(path, this.#url), {
        dispatcher: this.#agent,
        method,
        headers,
        body: payload,
      });
      const text = await response.body.text();
      return { status: response.statusCode, body: parse(text), text };
    } catch (cause) {
      throw connectionError(this.#url, cause);
    }
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
