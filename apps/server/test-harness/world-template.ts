/** The two clinics, built once by each process of a run; every suite gets a copy of its own, in which everybody has just signed in. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CLINIC_ROLES, type ClinicRole } from '@careward/access-policy';
import { type AccountId, newId } from '@careward/kernel';
import { loadConfiguration } from '../src/config/index.ts';
import type { Platform } from '../src/platform/index.ts';
import { startServer } from '../src/server.ts';
import { TestClient } from './client.ts';
import { testIdentityContext } from './contexts.ts';
import { createTestEnvironment, type StoppedEnvironment } from './environment.ts';
import { TestMailbox } from './mailbox.ts';
import { buildTwoClinics, type TestClinic, type TwoClinics } from './two-clinics.ts';

type ClinicTemplate = Omit<TestClinic, 'staff'> & { readonly staff: Readonly<Record<ClinicRole, AccountId>> };

/** A stopped server with the two clinics, and whom it knows. */
interface WorldTemplate extends StoppedEnvironment {
  readonly administrator: AccountId;
  readonly north: ClinicTemplate;
  readonly south: ClinicTemplate;
  readonly person: AccountId;
}

let made: Promise<WorldTemplate> | undefined;

/** The template of this process. */
export function worldTemplate(): Promise<WorldTemplate> {
  made ??= makeTemplate();
  return made;
}

/** Everybody of the template signed in at a server on a copy of it. The sessions are those of a sign-in; no password is hashed for them. */
export async function signEverybodyIn(
  { administrator, north, south, person }: WorldTemplate,
  platform: Platform,
  nobody: TestClient,
): Promise<TwoClinics> {
  const signIn = (accountId: AccountId) => signedIn(platform, nobody, accountId);
  return {
    administrator: await signIn(administrator),
    north: await withStaff(north, signIn),
    south: await withStaff(south, signIn),
    person: await signIn(person),
  };
}

async function signedIn({ sessions }: Platform, nobody: TestClient, accountId: AccountId) {
  const origin = { ...testIdentityContext().origin, address: '127.0.0.1', agent: '' };
  const client = { origin, keyThumbprint: null, kind: 'api', clinicId: undefined, device: null } as const;
  const { accessToken } = await sessions.start({ accountId, methods: ['pwd'] }, client);
  return nobody.showing(accessToken);
}

async function withStaff(
  { staff, ...clinic }: ClinicTemplate,
  signIn: (accountId: AccountId) => Promise<TestClient>,
): Promise<TestClinic> {
  const clients = {} as Record<ClinicRole, TestClient>;
  for (const role of CLINIC_ROLES) clients[role] = await signIn(staff[role]);
  return { ...clinic, staff: clients };
}

async function makeTemplate(): Promise<WorldTemplate> {
  const worlds = process.env.CAREWARD_TEST_WORLDS;
  if (worlds === undefined) throw new Error('the global set-up of the test run was left out');
  const environment = await createTestEnvironment();
  const { CAREWARD_DATABASE_URL: url } = environment.variables;
  const known = await build(environment.variables, environment.home);
  const folder = join(worlds, newId());
  await mkdir(folder);
  const stopped = { home: join(folder, 'home'), database: url && new URL(url).pathname.slice(1) };
  await writeFile(join(folder, 'world.json'), JSON.stringify(stopped));
  await rename(environment.home, stopped.home);
  return { ...stopped, ...known };
}

async function build(variables: Readonly<Record<string, string>>, home: string) {
  const running = await startServer(loadConfiguration(variables));
  const nobody = await TestClient.of(running);
  try {
    const mailbox = new TestMailbox(home);
    const world = await buildTwoClinics({ nobody, mailbox }, running.setupCode?.reveal() ?? '');
    return {
      administrator: await accountOf(world.administrator),
      north: await templateOf(world.north),
      south: await templateOf(world.south),
      person: await accountOf(world.person),
    };
  } finally {
    nobody.close();
    await running.stop();
  }
}

async function templateOf({ staff, ...clinic }: TestClinic): Promise<ClinicTemplate> {
  const accounts = {} as Record<ClinicRole, AccountId>;
  for (const role of CLINIC_ROLES) accounts[role] = await accountOf(staff[role]);
  return { ...clinic, staff: accounts };
}

async function accountOf(client: TestClient): Promise<AccountId> {
  const { status, body, text } = await client.get<{ account: { id: AccountId } }>('/api/v1/users/me');
  if (status !== 200) throw new Error(`who is this: ${status} ${text}`);
  return body.account.id;
}
