/** A server at an address that a browser can open, with a clinic whose nurses need a second factor and a bound key. */
import { createServer } from 'node:net';
import {
  admitPerson,
  startTestServer,
  TEST_PASSWORD,
  type TestClient,
  type TestServer,
} from '../../../apps/server/test-harness/index.ts';

/** The server, its address, and how somebody is invited. */
export interface BrowserWorld {
  readonly server: TestServer;
  readonly origin: string;
  readonly clinicId: string;
  /** The administrator, working in the clinic. */
  readonly administrator: TestClient;
  /** Invites a nurse; gives the link as it stands in the mail. */
  invite(email: string): Promise<string>;
  /** Gives a nurse an account, with the password of the tests and no second factor yet. */
  admit(email: string): Promise<void>;
  /** The link in the next mail to this address that has one. */
  linkFor(email: string): Promise<string>;
}

/** Starts the world. The administrator is an API client that sign-in rules leave alone. */
export async function startBrowserWorld(): Promise<BrowserWorld> {
  const port = await freePort();
  const origin = `https://localhost:${port}`;
  const server = await startTestServer({
    CAREWARD_PORT: String(port),
    CAREWARD_PUBLIC_URL: origin,
    CAREWARD_SECOND_FACTOR_ROLES: 'NURSE',
    CAREWARD_BEARER_ROLES: 'SUPER_ADMIN',
  });
  const root = await setUp(server);
  const clinic = await root.post<{ id: string }>('/api/v1/clinics', { name: 'North' });
  const clinicId = clinic.body.id;
  const administrator = root.at(clinicId);
  const linkFor = async (email: string): Promise<string> => {
    const { text } = await server.mailbox.next(email);
    return /https:\/\/\S+#\S+/.exec(text)?.[0] ?? linkFor(email);
  };
  const invite = async (email: string) => {
    const sent = await administrator.post('/api/v1/users/invitations', { email, roles: ['NURSE'] });
    if (sent.status !== 201) throw new Error(`invitation: ${sent.status} ${sent.text}`);
    return linkFor(email);
  };
  const admit = (email: string) =>
    admitPerson(server, administrator, {
      ...{ email, displayName: 'Grace', password: TEST_PASSWORD },
      roles: ['NURSE'],
    });
  return { server, origin, clinicId, administrator, linkFor, invite, admit };
}

async function setUp({ running, nobody }: TestServer): Promise<TestClient> {
  const root = { email: 'root@example.org', password: TEST_PASSWORD };
  const code = running.setupCode?.reveal() ?? '';
  await nobody.post('/api/v1/setup', { code, ...root, displayName: 'Root' });
  return nobody.signIn(root.email, root.password);
}

/** A port that nobody listens at. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
