/** A person whose tokens are bound to a key of their client (RFC 9449). */
import { DpopClient } from '@careward/testing';

/** Signs in, and makes the headers of requests, each with a proof of its own. */
export class BoundClient {
  readonly #dpop = new DpopClient();
  readonly #url: string;
  readonly #publicUrl: string;
  readonly #agent: string;
  #token: string | undefined;

  /** `publicUrl`: what proofs have to name, whatever the socket. */
  constructor(url: string, publicUrl: string, agent: string) {
    this.#url = url;
    this.#publicUrl = publicUrl;
    this.#agent = agent;
  }

  async signIn(email: string, password: string): Promise<void> {
    const path = '/api/v1/auth/sign-in';
    await this.#post(path, { email, password });
    const answer = await this.#post(path, { email, password });
    const text = await answer.text();
    const { accessToken } = JSON.parse(text) as { accessToken?: string };
    if (accessToken === undefined) throw new Error(`a bound sign-in was answered ${answer.status}: ${text}`);
    this.#token = accessToken;
  }

  /** Asks once, for the nonce of the next minutes. */
  async renewNonce(path: string): Promise<void> {
    const { headers } = await fetch(new URL(path, this.#url), { headers: this.headersFor('GET', path) });
    this.#dpop.learn(headers.get('dpop-nonce'));
  }

  headersFor(method: string, path: string): Record<string, string> {
    const url = new URL(path, this.#publicUrl).href;
    const accessToken = this.#token;
    const proof = this.#dpop.proof({ method, url, ...(accessToken !== undefined && { accessToken }) });
    const agent = { 'user-agent': this.#agent, dpop: proof };
    return accessToken === undefined ? agent : { ...agent, authorization: `DPoP ${accessToken}` };
  }

  /** The first answer gives the nonce that the second request needs. */
  async #post(path: string, body: object): Promise<Response> {
    const headers = { ...this.headersFor('POST', path), 'content-type': 'application/json' };
    const request = { method: 'POST', headers, body: JSON.stringify(body) };
    const answer = await fetch(new URL(path, this.#url), request);
    this.#dpop.learn(answer.headers.get('dpop-nonce'));
    return answer;
  }
}
