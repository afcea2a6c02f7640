import type { AuditConfiguration } from './audit.ts';
import { auditConcern } from './audit.ts';
import type { Concern } from './concern.ts';
import type { DatabaseConfiguration } from './database.ts';
import { databaseConcern } from './database.ts';
import type { HomeConfiguration } from './home.ts';
import { homeConcern } from './home.ts';
import type { ImportConfiguration } from './import.ts';
import { importConcern } from './import.ts';
import type { KeysConfiguration } from './keys.ts';
import { keysConcern } from './keys.ts';
import type { LimitsConfiguration } from './limits.ts';
import { limitsConcern } from './limits.ts';
import type { LoggingConfiguration } from './logging.ts';
import { loggingConcern } from './logging.ts';
import type { NetworkConfiguration } from './network.ts';
import { networkConcern } from './network.ts';
import type { SessionsConfiguration } from './sessions.ts';
import { sessionsConcern } from './sessions.ts';
import type { StoreConfiguration } from './store.ts';
import { storeConcern } from './store.ts';
import type { TlsConfiguration } from './tls.ts';
import { tlsConcern } from './tls.ts';

/** Every concern's values, before the rules that look at several of them. */
export interface Settings {
  readonly home: HomeConfiguration;
  readonly network: NetworkConfiguration;
  readonly tls: TlsConfiguration;
  readonly database: DatabaseConfiguration;
  readonly store: StoreConfiguration;
  readonly keys: KeysConfiguration;
  readonly limits: LimitsConfiguration;
  readonly sessions: SessionsConfiguration;
  readonly audit: AuditConfiguration;
  readonly import: ImportConfiguration;
  readonly logging: LoggingConfiguration;
}

/** The concerns in the order in which their faults are listed. */
export const concerns: { readonly [K in keyof Settings]: Concern<Settings[K]> } = {
  home: homeConcern,
  network: networkConcern,
  tls: tlsConcern,
  database: databaseConcern,
  store: storeConcern,
  keys: keysConcern,
  limits: limitsConcern,
  sessions: sessionsConcern,
  audit: auditConcern,
  import: importConcern,
  logging: loggingConcern,
};

/** Every variable that Careward's server knows. */
export const knownVariables: ReadonlySet<string> = new Set(
  Object.values(concerns).flatMap((concern) => concern.variables),
);
