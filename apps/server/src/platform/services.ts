import { availableParallelism } from 'node:os';
import type { Clock } from '@careward/kernel';
import { Keyring } from '@careward/vault';
import { AuditEntryRepository, AuditTrail } from '../audit/index.ts';
import {
  AccountRepository,
  AuthenticationService,
  JwtAuthService,
  PasswordHasher,
  SessionManagementService,
} from '../authentication/index.ts';
import { RefusalRecorder } from '../authorization/index.ts';
import { EncryptionService } from '../encryption/index.ts';
import { AccessLogRepository, AccessLogService } from '../modules/access-log/index.ts';
import { ClinicsRepository, ClinicsService } from '../modules/clinics/index.ts';
import {
  ClinicImport,
  ImportRepository,
  ImportService,
  OperatorImport,
  OperatorTarget,
} from '../modules/fhir/index.ts';
import { MedicalRecordsRepository, MedicalRecordsService } from '../modules/medical-records/index.ts';
import { PatientsRepository, PatientsService } from '../modules/patients/index.ts';
import { PractitionersRepository, PractitionersService } from '../modules/practitioners/index.ts';
import { SetupRepository, SetupService, UsersRepository, UsersService } from '../modules/users/index.ts';
import { type Database, WrappedKeyRepository, WriteReceipts } from '../persistence/index.ts';
import { ClinicIsolationService } from '../tenancy/index.ts';
import { type Foundations, operatorContext, systemContext } from './foundations.ts';

/** Every service of identity and of the rooms, each with its parts. */
export async function buildServices(foundations: Foundations) {
  const { configuration, clock, home, database, events } = foundations;
  const { region } = configuration.home;
  const keyring = new Keyring({ region, regionKeys: home.regionKeys, clock });
  const keys = new WrappedKeyRepository(database, systemContext());
  await keys.ensurePlatformKey(() => keyring.createPlatformKey());
  const encryption = new EncryptionService(keyring, keys, region);
  const audit = new AuditTrail(new AuditEntryRepository(database));
  const isolation = new ClinicIsolationService();
  const identity = buildIdentity(foundations, encryption, audit);
  const rooms = buildRooms(database, encryption, identity, region, clock);
  const imports = new ImportService(new ImportRepository(database, encryption));
  const clinicImport = new ClinicImport(imports, audit, configuration.import.maxResources);
  const operatorImport = new OperatorImport(
    imports,
    () => new OperatorTarget(rooms.clinics, isolation, operatorContext()),
  );
  const receipts = new WriteReceipts(encryption);
  const refusals = new RefusalRecorder(audit, isolation, events);
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
  const { configuration, clock, home, database, stores, events } = foundations;
  const cores = availableParallelism();
  const passwords = new PasswordHasher({ concurrency: cores, queue: cores * 16 });
  const sessions = new SessionManagementService(stores.sessions, clock, configuration.sessions, events);
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
  const users = new UsersService(usersRepository, clinics, identity.passwords, identity.sessions, clock);
  const setup = new SetupService(new SetupRepository(database, encryption), identity.passwords, clock);
  const practitioners = new PractitionersService(new PractitionersRepository(database));
  const patients = new PatientsService(new PatientsRepository(database, encryption), users);
  const medicalRecords = new MedicalRecordsService(new MedicalRecordsRepository(database, encryption));
  const accessLog = new AccessLogService(new AccessLogRepository(database), users);
  return { clinics, users, setup, practitioners, patients, medicalRecords, accessLog };
}
