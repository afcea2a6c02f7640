// Everything that the server and the operator's commands stand on, opened in order and closed in reverse.
//
// The one place where services meet their parts. Controllers and guards get them from app.module.ts; the command line uses them
// without any HTTP.
import { availableParallelism } from 'node:os';
import { type Clock, newId, type RequestId, systemClock } from '@careward/kernel';
import { createSigner, type NoteSigner } from '@careward/ledger';
import { Keyring } from '@careward/vault';
import { AuditEntryRepository, AuditTrail } from './audit/index.ts';
import {
  AccountRepository,
  AuthenticationService,
  JwtAuthService,
  PasswordHasher,
  SessionManagementService,
} from './authentication/index.ts';
import { RefusalRecorder } from './authorization/index.ts';
import type { Configuration } from './config/index.ts';
import {
  type DatabaseOptions,
  type Home,
  openDatabase,
  openHome,
  openStores,
  type Stores,
} from './connections/index.ts';
import { EncryptionService } from './encryption/index.ts';
import { ClinicsRepository, ClinicsService } from './modules/clinics/index.ts';
import { MedicalRecordsRepository, MedicalRecordsService } from './modules/medical-records/index.ts';
import { PatientsRepository, PatientsService } from './modules/patients/index.ts';
import { SetupService, UsersRepository, UsersService } from './modules/users/index.ts';
import { Database, WrappedKeyRepository, WriteReceipts } from './persistence/index.ts';
import { contextWithoutAccount, type IdentityContext } from './request-context/index.ts';
import { ClinicIsolationService } from './tenancy/index.ts';

/** An open platform: connections, keys and every service. */
export type Platform = Awaited<ReturnType<typeof openPlatform>>;

/** Opens home, database and stores, applies missing migrations, and builds the services. Closes what is open when a part fails. */
export async function openPlatform(configuration: Configuration, clock: Clock = systemClock) {
  const home = await openHome(configuration, clock);
  const database = new Database(await openDatabase(databaseOptions(configuration, home)));
  try {
    await database.migrate();
    const stores = await openStores(configuration.store, clock);
    const signer = createSigner(ledgerOrigin(configuration), home.ledgerKey.seed.reveal());
    const services = await buildServices({ configuration, clock, home, database, stores });
    return {
      configuration,
      clock,
      home,
      database,
      stores,
      signer,
      ...services,
      close: () => close(database, stores),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** The context of what the operator does at the command line. */
export function operatorContext(): IdentityContext {
  return contextWithoutAccount(
    { requestId: newId<RequestId>(), address: '', agent: 'careward-cli' },
    'OPERATOR',
  );
}

/** The context of what the server does by itself. */
export function systemContext(): IdentityContext {
  return contextWithoutAccount(
    { requestId: newId<RequestId>(), address: '', agent: 'careward-server' },
    'SYSTEM',
  );
}

interface Foundations {
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly home: Home;
  readonly database: Database;
  readonly stores: Stores;
}

async function buildServices({ configuration, clock, home, database, stores }: Foundations) {
  const { region } = configuration.home;
  const keyring = new Keyring({ region, regionKeys: home.regionKeys, clock });
  const keys = new WrappedKeyRepository(database, systemContext());
  await keys.ensurePlatformKey(() => keyring.createPlatformKey());
  const encryption = new EncryptionService(keyring, keys, region);
  const audit = new AuditTrail(new AuditEntryRepository(database));
  const isolation = new ClinicIsolationService();
  const identity = buildIdentity({ configuration, clock, home, database, stores }, encryption, audit);
  const rooms = buildRooms(database, encryption, identity, region, clock);
  const receipts = new WriteReceipts(encryption);
  const refusals = new RefusalRecorder(audit, isolation);
  return { encryption, audit, isolation, receipts, refusals, ...identity, ...rooms };
}

function buildIdentity(foundations: Foundations, encryption: EncryptionService, audit: AuditTrail) {
  const { configuration, clock, home, database, stores } = foundations;
  const cores = availableParallelism();
  const passwords = new PasswordHasher({ concurrency: cores, queue: cores * 16 });
  const sessions = new SessionManagementService(stores.sessions, clock, configuration.sessions);
  const tokens = new JwtAuthService(home.tokenKey, clock, configuration.sessions.accessTokenMs / 1_000);
  const accounts = new AccountRepository(database, encryption);
  const authentication = new AuthenticationService({ accounts, passwords, sessions, tokens, audit });
  return { passwords, sessions, tokens, authentication };
}

type Identity = ReturnType<typeof buildIdentity>;

function buildRooms(
  database: Database,
  encryption: EncryptionService,
  identity: Identity,
  region: string,
  clock: Clock,
) {
  const usersRepository = new UsersRepository(database, encryption);
  const clinics = new ClinicsService(new ClinicsRepository(database), encryption, region);
  const users = new UsersService(usersRepository, clinics, identity.passwords, identity.sessions);
  const setup = new SetupService(usersRepository, identity.passwords, clock);
  const patients = new PatientsService(new PatientsRepository(database, encryption), users);
  const medicalRecords = new MedicalRecordsService(new MedicalRecordsRepository(database, encryption));
  return { clinics, users, setup, patients, medicalRecords };
}

function databaseOptions({ database }: Configuration, home: Home): DatabaseOptions {
  if (database.url === undefined) return { kind: 'embedded', directory: home.databasePath };
  const ownerUrl = database.ownerUrl?.reveal();
  return { kind: 'postgres', url: database.url.reveal(), ...(ownerUrl !== undefined && { ownerUrl }) };
}

/** The name under which the ledger signs: one log for each region. */
function ledgerOrigin({ audit, home }: Configuration): string {
  return audit.origin ?? `careward.local/${home.region}`;
}

async function close(database: Database, stores: Stores): Promise<void> {
  await stores.close();
  await database.close();
}

export type { NoteSigner };
