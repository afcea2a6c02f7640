/** A test server that trusts three providers of OpenID Connect: two real ones and one that forges. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, TEST_PUBLIC_URL, type TestClient } from './client.ts';
import { type ForgingProvider, startForgingProvider } from './forging-provider.ts';
import {
  type ProviderAnswer,
  type ProviderPerson,
  startOpenidProvider,
  type TestOpenidProvider,
} from './openid-provider.ts';
import { startTestServer, type TestServer } from './server.ts';
import { admitPerson, TEST_PASSWORD } from './two-clinics.ts';

/** Where providers send browsers back to. */
export const OPENID_CALLBACK = callbackAt(TEST_PUBLIC_URL);

/** What the start of an attempt answers. */
export interface StartedAttempt {
  readonly authorizationUrl: string;
  readonly transaction: string;
  readonly returnTo: string;
}

/** A server with its providers, under the ids `blue`, `green` and `forger`. */
export interface OpenidWorld extends TestServer {
  readonly blue: TestOpenidProvider;
  readonly green: TestOpenidProvider;
  readonly forger: ForgingProvider;
  readonly administrator: TestClient;
  /** An account with this address, signed in by its password. */
  person(email: string, roles?: readonly string[]): Promise<TestClient>;
}

/** Starts the server and the providers. */
export async function openOpenidWorld(overrides: Record<string, string> = {}): Promise<OpenidWorld> {
  const redirectUri = callbackAt(overrides.CAREWARD_PUBLIC_URL ?? TEST_PUBLIC_URL);
  const blue = await startOpenidProvider({ redirectUri, claimsInIdToken: true });
  const green = await startOpenidProvider({ redirectUri });
  const forger = await startForgingProvider();
  const folder = await mkdtemp(join(tmpdir(), 'careward-providers-'));
  const CAREWARD_OPENID_PROVIDERS_FILE = await writeProviders(folder, { blue, green, forger });
  const server = await startTestServer({ CAREWARD_OPENID_PROVIDERS_FILE, ...overrides });
  const administrator = await setUp(server);
  const clinic = await administrator.post<{ id: string }>('/api/v1/clinics', { name: 'Clinic' });
  const at = administrator.at(clinic.body.id);
  return {
    ...server,
    ...{ blue, green, forger, administrator },
    person: async (email, roles = ['PATIENT']) => {
      await admitPerson(server, at, { email, displayName: email, password: TEST_PASSWORD, roles });
      return server.nobody.signIn(email, TEST_PASSWORD);
    },
    stop: async () => {
      await server.stop();
      await Promise.all([blue.stop(), green.stop(), forger.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Client = Pick<ForgingProvider, 'issuer' | 'clientId' | 'clientSecret'>;

async function writeProviders(folder: string, providers: Readonly<Record<string, Client>>): Promise<string> {
  const secondFactor = { amr: ['mfa'] };
  const list = Object.entries(providers).map(([id, { issuer, clientId, clientSecret }]) => ({
    ...{ id, name: `Sign in by ${id}`, issuer, clientId, clientSecret },
    ...(id === 'forger' && { secondFactor }),
  }));
  const path = join(folder, 'providers.json');
  await writeFile(path, JSON.stringify(list), { mode: 0o600 });
  return path;
}

async function setUp({ nobody, running }: TestServer): Promise<TestClient> {
  const account = { email: 'root@example.org', password: TEST_PASSWORD, displayName: 'Root' };
  const code = running.setupCode?.reveal() ?? '';
  const made = await nobody.post('/api/v1/setup', { code, ...account });
  if (made.status !== 201) throw new Error(`set-up: ${made.status} ${made.text}`);
  return nobody.signIn(account.email, TEST_PASSWORD);
}

/** An attempt to sign in as one client makes it: with its cookie, or with its key. */
export class Attempt {
  readonly #client: TestClient;
  readonly #provider: string;
  readonly started: StartedAttempt;

  private constructor(client: TestClient, provider: string, started: StartedAttempt) {
    this.#client = client;
    this.#provider = provider;
    this.started = started;
  }

  /** Begins at a provider. A client without a key keeps the cookie that it is given. */
  static async begin(client: TestClient, provider: string): Promise<Attempt> {
    const { status, body, text, headers } = await client.post<StartedAttempt>(pathOf(provider, 'start'), {});
    if (status !== 200) throw new Error(`start at ${provider}: ${status} ${text}`);
    const cookie = headers['set-cookie']?.map((line) => line.split(';')[0]).join('; ');
    return new Attempt(cookie === undefined ? client : client.with({ cookie }), provider, body);
  }

  /** Comes back with an answer; members can be replaced. */
  finish(answer: ProviderAnswer, changes: object = {}, provider = this.#provider): Promise<Answer<SignedIn>> {
    const { transaction } = this.started;
    return this.#client.post(pathOf(provider, 'finish'), { transaction, ...answer, ...changes });
  }
}

/** What the end of an attempt answers. */
export interface SignedIn {
  readonly status?: string | number;
  readonly code?: string;
  readonly accessToken?: string;
  readonly methods?: readonly string[];
}

/** Links the identity of a person at a real provider to the account of a signed-in client. */
export async function linkIdentity(
  self: TestClient,
  id: string,
  provider: TestOpenidProvider,
  person: ProviderPerson,
): Promise<Answer> {
  const path = `/api/v1/users/me/identities/${id}`;
  const { body, status, text } = await self.post<StartedAttempt>(`${path}/start`, {});
  if (status !== 200) throw new Error(`start of linking ${id}: ${status} ${text}`);
  const answer = await provider.signIn(body.authorizationUrl, person);
  return self.post(`${path}/finish`, { transaction: body.transaction, ...answer });
}

function callbackAt(publicUrl: string): string {
  return `${publicUrl}/sign-in/callback`;
}

function pathOf(provider: string, step: 'start' | 'finish'): string {
  return `/api/v1/auth/providers/${provider}/${step}`;
}
