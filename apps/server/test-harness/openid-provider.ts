/** A real OpenID Connect provider on the loopback address (oidc-provider), and a browser that signs in there. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type JWK } from 'oidc-provider';

/** A person as a provider knows them. */
export interface ProviderPerson {
  readonly subject: string;
  readonly email: string;
  readonly isEmailVerified: boolean;
}

/** What a provider sends back with the browser. */
export interface ProviderAnswer {
  readonly code: string;
  readonly state: string;
  readonly iss?: string;
}

/** A running provider. */
export interface TestOpenidProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Follows an authorisation request as this person's browser, up to the redirect back. */
  signIn(authorizationUrl: string, person: ProviderPerson): Promise<ProviderAnswer>;
  /** Lets a person sign in there by a browser of the test's own. */
  know(person: ProviderPerson): void;
  stop(): Promise<void>;
}

/** What may differ between providers. */
export interface ProviderOptions {
  readonly redirectUri: string;
  /** As the specification has it, claims of scopes are in the answer of UserInfo only. Many providers put them into the ID token. */
  readonly claimsInIdToken?: boolean;
}

/** Starts a provider with one client. */
export async function startOpenidProvider(options: ProviderOptions): Promise<TestOpenidProvider> {
  const server = createServer();
  const port = await listen(server);
  const issuer = `http://127.0.0.1:${port}`;
  const [clientId, clientSecret] = [
    `careward-${port}`,
    `a secret of the client ${port}`.replaceAll(' ', '-'),
  ];
  const people = new Map<string, ProviderPerson>();
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [options.redirectUri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: options.claimsInIdToken !== true,
    cookies: { keys: ['a key of the test'] },
    jwks: { keys: [signingKey()] },
    pkce: { required: () => true },
    findAccount: (_context, subject) => {
      const person = people.get(subject);
      const claims = { sub: subject, email: person?.email, email_verified: person?.isEmailVerified };
      return { accountId: subject, claims: () => claims };
    },
  });
  const answer = provider.callback();
  server.on('request', (request, response) => void answer(request, response));
  return {
    issuer,
    clientId,
    clientSecret,
    signIn: (url, person) => {
      people.set(person.subject, person);
      return new Browser(options.redirectUri).signIn(url, person.subject);
    },
    know: (person) => void people.set(person.subject, person),
    stop: () => close(server),
  };
}

/** Starts to listen on the loopback address; answers the port. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Stops, whoever is still connected. */
export async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

function signingKey(): JWK {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: 'of-the-test', use: 'sig', alg: 'RS256' } as JWK;
}

const MOST_STEPS = 12;

/** A browser with cookies that fills in the provider's forms. */
class Browser {
  readonly #redirectUri: string;
  readonly #cookies = new Map<string, string>();

  constructor(redirectUri: string) {
    this.#redirectUri = redirectUri;
  }

  async signIn(start: string, login: string): Promise<ProviderAnswer> {
    let at = new URL(start);
    let form: URLSearchParams | undefined;
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const answer = await this.#visit(at, form);
      const location = answer.headers.get('location');
      if (location === null) {
        const page = await answer.text();
        if (!answer.ok) throw new Error(`the provider answers ${answer.status}: ${page}`);
        form = formOf(page, login);
        continue;
      }
      form = undefined;
      at = new URL(location, at);
      if (at.href.startsWith(this.#redirectUri)) return answerIn(at);
    }
    throw new Error('the provider does not send the browser back');
  }

  async #visit(url: URL, form: URLSearchParams | undefined): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const method = form === undefined ? 'GET' : 'POST';
    const answer = await fetch(url, { method, body: form ?? null, redirect: 'manual', headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return answer;
  }
}

function formOf(page: string, login: string): URLSearchParams {
  return page.includes('name="login"')
    ? new URLSearchParams({ prompt: 'login', login, password: 'any' })
    : new URLSearchParams({ prompt: 'consent' });
}

function answerIn({ searchParams }: URL): ProviderAnswer {
  const error = searchParams.get('error');
  if (error !== null)
    throw new Error(`the provider refuses: ${error} ${searchParams.get('error_description')}`);
  const iss = searchParams.get('iss');
  return {
    code: searchParams.get('code') ?? '',
    state: searchParams.get('state') ?? '',
    ...(iss !== null && { iss }),
  };
}
