// Everything that the server and the operator's commands stand on, opened in order and closed in reverse.
//
// The one place where services meet their parts. Controllers and guards get them from app.module.ts; the command line uses them
// without any HTTP.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Clock, newId, type RequestId, systemClock } from '@careward/kernel';
import { createSigner } from '@careward/ledger';
import { Keyring } from '@careward/vault';
import {
  AuditEntryRepository,
  AuditTrail,
  FileCheckpointWitness,
  LedgerSequenceRepository,
  LedgerSequencer,
  verifyLedger,
} from './audit/index.ts';
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
  type StoreEvents,
  type Stores,
} from './connections/index.ts';
import { Admission, limitsFrom, RateLimitService } from './edge/index.ts';
import { EncryptionService } from './encryption/index.ts';
import type { ProblemReport } from './errors/index.ts';
import { EventService } from './events/index.ts';
import {
  AccessLogRepository,
  AccessLogService,
  LedgerPublicationRepository,
  LedgerPublicationService,
} from './modules/access-log/index.ts';
import { ClinicsRepository, ClinicsService } from './modules/clinics/index.ts';
import {
  ClinicImport,
  ImportRepository,
  ImportService,
  OperatorImport,
  OperatorTarget,
} from './modules/fhir/index.ts';
import { MedicalRecordsRepository, MedicalRecordsService } from './modules/medical-records/index.ts';
import { PatientsRepository, PatientsService } from './modules/patients/index.ts';
import { SetupService, UsersRepository, UsersService } from './modules/users/index.ts';
import { HealthRegistry, LoggingService, Metrics } from './observability/index.ts';
import {
  Database,
  isPrivilegedLogin,
  persistenceErrors,
  WrappedKeyRepository,
  WriteReceipts,
} from './persistence/index.ts';
import { contextWithoutAccount, type IdentityContext } from './request-context/index.ts';
import { ClinicIsolationService } from './tenancy/index.ts';

/** An open platform: connections, keys and every service. */
export type Platform = Awaited<ReturnType<typeof openPlatform>>;

/** Opens home, database and stores, applies missing migrations, and builds the services. Closes what is open when a part fails. */
export async function openPlatform(configuration: Configuration, clock: Clock = systemClock) {
  const watch = buildWatch(configuration, clock);
  const home = await openHome(configuration, clock);
  const database = new Database(await openDatabase(databaseOptions(configuration, home)));
  try {
    await database.migrate();
    await rejectPrivilegedLogin(configuration, database);
    const stores = await openStores(configuration.store, clock, storeEvents(watch));
    const foundations = { configuration, clock, home, database, stores };
    const services = await buildServices(foundations);
    const ledger = buildLedger(foundations, watch);
    const edge = buildEdge(foundations, watch);
    registerHealth(watch.health, database, stores);
    const close = async () => {
      await stores.close();
      await database.close();
    };
    return { ...foundations, ...watch, ...services, ...ledger, ...edge, close };
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
  const imports = new ImportService(new ImportRepository(database, encryption));
  const clinicImport = new ClinicImport(imports);
  const operatorImport = new OperatorImport(
    imports,
    () => new OperatorTarget(rooms.clinics, isolation, operatorContext()),
  );
  const receipts = new WriteReceipts(encryption);
  const refusals = new RefusalRecorder(audit, isolation);
  return {
    encryption,
    audit,
    isolation,
    receipts,
    refusals,
    clinicImport,
    operatorImport,
    ...identity,
    ...rooms,
  };
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
  const accessLog = new AccessLogService(new AccessLogRepository(database), users);
  return { clinics, users, setup, patients, medicalRecords, accessLog };
}

function databaseOptions({ database }: Configuration, home: Home): DatabaseOptions {
  if (database.url === undefined) return { kind: 'embedded', directory: home.databasePath };
  const ownerUrl = database.ownerUrl?.reveal();
  return { kind: 'postgres', url: database.url.reveal(), ...(ownerUrl !== undefined && { ownerUrl }) };
}

/** What watches the others: logs, metrics, health, events. */
function buildWatch({ logging: plan, profile }: Configuration, clock: Clock) {
  const logging = new LoggingService({ ...plan, isDevelopment: profile === 'development' });
  const metrics = new Metrics();
  const health = new HealthRegistry(clock);
  const events = new EventService(clock, (error) =>
    logging.error('SYSTEM', 'event subscriber failed', error),
  );
  const reportProblem = ({ error, status }: ProblemReport) => {
    metrics.refusals.inc({ code: error.code });
    if (status >= 500) logging.error('ERROR', 'request failed', error);
  };
  return { logging, metrics, health, events, reportProblem };
}

type Watch = ReturnType<typeof buildWatch>;

function buildLedger({ configuration, clock, home, database }: Foundations, { logging, metrics }: Watch) {
  const { audit } = configuration;
  const signer = createSigner(ledgerOrigin(configuration), home.ledgerKey.seed.reveal());
  const witness = new FileCheckpointWitness(join(home.path, 'ledger', 'checkpoints.log'));
  const sequencer = new LedgerSequencer({
    ledger: new LedgerSequenceRepository(database),
    signer,
    witness,
    clock,
    plan: { intervalMs: audit.sequenceIntervalMs, batch: audit.sequenceBatch },
    onRound: ({ pending }) => metrics.sequencerLag.set(pending),
    onFailure: (error) => logging.error('AUDIT', 'sequencer round failed', error),
  });
  const verify = () => verifyLedger(database, signer.verifierKey, witness);
  const publication = new LedgerPublicationService(
    new LedgerPublicationRepository(database),
    signer.verifierKey,
  );
  return { sequencer, publication, ledgerKey: signer.verifierKey, ledgerVerification: { verify } };
}

function buildEdge({ configuration, home, stores }: Foundations, { metrics }: Watch) {
  const { limits: plan, network, profile } = configuration;
  const admission = new Admission(plan.maxConcurrentRequests, (inWork) => metrics.requestsInWork.set(inWork));
  const limits = new RateLimitService(stores.limits, limitsFrom(plan), (limit, { allowed }) =>
    metrics.limitDecisions.inc({ limit, outcome: allowed ? 'allowed' : 'refused' }),
  );
  const headerOptions = {
    hasTls: home.tls !== undefined,
    isProduction: profile === 'production',
    corsOrigins: network.corsOrigins,
  };
  const bodyLimits = { ordinaryBytes: plan.bodyBytes, importBytes: configuration.import.bodyBytes };
  return { admission, limits, headerOptions, bodyLimits };
}

function registerHealth(health: HealthRegistry, database: Database, stores: Stores): void {
  health.register('database', async () => ((await database.health()).available ? 'up' : 'down'));
  health.register('sessions', async () => {
    await stores.ping();
    return 'up';
  });
  health.register('limits', async () => (stores.limitsAreLocal() ? 'degraded' : 'up'));
}

function storeEvents({ logging, metrics, events }: Watch): StoreEvents {
  return {
    onLimitsChange: (isLocal) => {
      metrics.limitsLocal.set(isLocal ? 1 : 0);
      if (isLocal) metrics.limitFallbacks.inc();
      events.emitEnterprise('limits.local', { isLocal });
    },
    onError: (error) => logging.error('CACHE', 'store failed', error),
  };
}

/** Production refuses a login that could step around row-level security. */
async function rejectPrivilegedLogin({ profile }: Configuration, database: Database): Promise<void> {
  if (profile !== 'production') return;
  if (isPrivilegedLogin(await database.inspectLogin()))
    throw persistenceErrors.error('persistence-login-privileged');
}

/** The name under which the ledger signs: one log for each region. */
export function ledgerOrigin({ audit, home }: Configuration): string {
  return audit.origin ?? `careward.local/${home.region}`;
}
