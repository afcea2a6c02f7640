import type { Clock } from '@careward/kernel';
import { Keyring } from '@careward/vault';
import { AuditEntryRepository, AuditTrail } from '../audit/index.ts';
import { RefusalRecorder } from '../authorization/index.ts';
import type { RateLimitService } from '../edge/index.ts';
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
import { TokenKeysService } from '../modules/token-keys/index.ts';
import { SetupRepository, SetupService, UsersRepository, UsersService } from '../modules/users/index.ts';
import { type Database, WrappedKeyRepository, WriteReceipts } from '../persistence/index.ts';
import { ClinicIsolationService } from '../tenancy/index.ts';
import { buildAccounts } from './accounts.ts';
import { type Foundations, operatorContext, systemContext } from './foundations.ts';
import { buildIdentity } from './identity.ts';
import { buildMail } from './mail.ts';
import type { Watch } from './watch.ts';

/** Every service of identity and of the rooms, each with its parts. */
export async function buildServices(foundations: Foundations, watch: Watch, limits: RateLimitService) {
  const { configuration, clock, home, database, events } = foundations;
  const { region } = configuration.home;
  const keyring = new Keyring({ region, regionKeys: home.regionKeys, clock });
  const keys = new WrappedKeyRepository(database, systemContext());
  await keys.ensurePlatformKey(() => keyring.createPlatformKey());
  const encryption = new EncryptionService(keyring, keys, region);
  const audit = new AuditTrail(new AuditEntryRepository(database));
  const isolation = new ClinicIsolationService();
  const mail = buildMail(foundations, encryption, watch);
  const identity = await buildIdentity(foundations, {
    encryption,
    audit,
    limits,
    notifier: mail.notices,
    onKeyFailure: (error) => watch.logging.error('SECURITY', 'keys of tokens not read', error),
  });
  const tokenKeysService = new TokenKeysService(identity.tokenKeys);
  const rooms = buildRooms(database, encryption, identity, region, clock);
  const accounts = buildAccounts(foundations, {
    ...rooms,
    encryption,
    passwords: identity.passwords,
    sessions: identity.sessions,
    ownSessions: identity.ownSessions,
    limits,
    mail,
  });
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
    tokenKeysService,
    ...rooms,
    ...accounts,
    mail,
  };
}

type Identity = Awaited<ReturnType<typeof buildIdentity>>;

function buildRooms(
  database: Database,
  encryption: EncryptionService,
  identity: Identity,
  region: string,
  clock: Clock,
) {
  const usersRepository = new UsersRepository(database, encryption);
  const clinics = new ClinicsService(new ClinicsRepository(database), encryption, region);
  const users = new UsersService(usersRepository, clinics);
  const { passwords, policy } = identity;
  const setup = new SetupService(new SetupRepository(database, encryption), passwords, policy, clock);
  const practitioners = new PractitionersService(new PractitionersRepository(database));
  const patients = new PatientsService(new PatientsRepository(database, encryption), users);
  const medicalRecords = new MedicalRecordsService(new MedicalRecordsRepository(database, encryption));
  const accessLog = new AccessLogService(new AccessLogRepository(database), users);
  return { clinics, users, usersRepository, setup, practitioners, patients, medicalRecords, accessLog };
}
