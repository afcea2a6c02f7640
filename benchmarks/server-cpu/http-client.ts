/** HTTP/1.1 over connections that stay open: what asks the measured servers. */
import { readFile } from 'node:fs/promises';
import { Agent, type OutgoingHttpHeaders, request } from 'node:http';
import { request as requestTls, Agent as TlsAgent } from 'node:https';

/** A request, again and again the same. */
export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** Asks one server over at most `connections` connections. */
export class HttpClient {
  readonly #url: URL;
  readonly #agent: Agent;

  private constructor(url: URL, agent: Agent) {
    this.#url = url;
    this.#agent = agent;
  }

  /** A client of the server at `url`; `authorityFile` holds the certificate it is to be trusted by. */
  static async to(url: string, authorityFile: string | undefined, connections: number): Promise<HttpClient> {
    const plan = { keepAlive: true, maxSockets: connections };
    const ca = authorityFile === undefined ? undefined : await readFile(authorityFile);
    return new HttpClient(new URL(url), ca === undefined ? new Agent(plan) : new TlsAgent({ ...plan, ca }));
  }

  /** Sends one request; rejects unless the answer is a success. */
  async ask<Body = unknown>({ method = 'GET', path, headers = {}, body }: Ask): Promise<Body> {
    const json = body === undefined ? undefined : JSON.stringify(body);
    const sized =
      json === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) };
    const { status, text } = await this.#send(method, path, { ...sized, ...headers }, json);
    if (status < 200 || status > 299) throw new Error(`${method} ${path} answered ${status}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Body;
  }

  /** Sends the same request `count` times, `concurrency` at once. */
  async load(ask: Ask, count: number, concurrency: number): Promise<void> {
    let left = count;
    const worker = async () => {
      while (left > 0) {
        left -= 1;
        await this.ask(ask);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(method: string, path: string, headers: OutgoingHttpHeaders, body: string | undefined) {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
    const { hostname, port } = this.#url;
    const options = { hostname, port, method, path, headers, agent: this.#agent };
    const sent = this.#url.protocol === 'https:' ? requestTls(options) : request(options);
    sent.on('error', reject).on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('error', reject);
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.end(body);
    return promise;
  }
}
