/** Requests as an attacker writes them: any header any number of times, any bytes as body. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { Answer, ServerAddress } from '../../../apps/server/test-harness/index.ts';

/** A request to be sent as it stands. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  /** In this order, repeated names included. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Text and bytes go out as they are, everything else as JSON. */
  readonly body?: unknown;
  /** A body that is sent in pieces, without saying how long it will be. */
  readonly chunks?: readonly Buffer[];
}

/** Connections to one server. */
export class Wire {
  readonly #url: URL;
  readonly #agent: Agent;

  /** `localAddress`: the address of the attacker's own machine, where the system has more than one. */
  constructor({ url, authorityFile }: ServerAddress, localAddress?: string) {
    this.#url = new URL(url);
    const ca = authorityFile === undefined ? undefined : readFileSync(authorityFile);
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: 16,
      ca,
      ...(localAddress !== undefined && { localAddress }),
    });
  }

  /** Sends a request and reads the whole answer. */
  send({ method, path, headers, body, chunks }: WireRequest): Promise<Answer<Record<string, unknown>>> {
    const bytes = chunks === undefined ? bytesOf(body) : undefined;
    const described =
      bytes === undefined
        ? withoutBody(method, chunks !== undefined)
        : ['content-length', `${bytes.length}`, ...typeOf(headers)];
    const { promise, resolve, reject } = Promise.withResolvers<Answer<Record<string, unknown>>>();
    const sent = request({
      host: this.#url.hostname,
      port: this.#url.port,
      agent: this.#agent,
      method,
      path,
      headers: ['host', this.#url.host, ...described, ...headers.flat()],
    });
    sent.on('error', reject).on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('error', reject).on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          body: objectOf(text),
        });
      });
    });
    for (const chunk of chunks ?? []) sent.write(chunk);
    sent.end(bytes);
    return promise;
  }

  /** Lets go of the connections. */
  close(): void {
    this.#agent.destroy();
  }
}

function bytesOf(body: unknown): Buffer | undefined {
  if (body === undefined || Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Node would announce a chunked body otherwise. */
function withoutBody(method: string, isChunked: boolean): string[] {
  if (isChunked) return ['transfer-encoding', 'chunked', 'content-type', 'application/json'];
  return method === 'GET' || method === 'HEAD' ? [] : ['content-length', '0'];
}

function typeOf(headers: WireRequest['headers']): string[] {
  return headers.some(([name]) => name === 'content-type') ? [] : ['content-type', 'application/json'];
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
