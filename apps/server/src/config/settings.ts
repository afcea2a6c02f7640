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
import type { MailConfiguration } from './mail.ts';
import { mailConcern } from './mail.ts';
import type { NetworkConfiguration } from './network.ts';
import { networkConcern } from './network.ts';
import type { OpenidConfiguration } from './openid.ts';
import { openidConcern } from './openid.ts';
import type { PasswordsConfiguration } from './passwords.ts';
import { passwordsConcern } from './passwords.ts';
import type { PlacesConfiguration } from './places.ts';
import { placesConcern } from './places.ts';
import type { PublicUrlConfiguration } from './public-url.ts';
import { publicUrlConcern } from './public-url.ts';
import type { SessionsConfiguration } from './sessions.ts';
import { sessionsConcern } from './sessions.ts';
import type { SignInPolicyConfiguration } from './sign-in-policy.ts';
import { signInPolicyConcern } from './sign-in-policy.ts';
import type { StoreConfiguration } from './store.ts';
import { storeConcern } from './store.ts';
import type { TlsConfiguration } from './tls.ts';
import { tlsConcern } from './tls.ts';
import type { TokensConfiguration } from './tokens.ts';
import { tokensConcern } from './tokens.ts';

/** Every concern's values, before the rules that look at several of them. */
export interface Settings {
  readonly home: HomeConfiguration;
  readonly network: NetworkConfiguration;
  readonly publicUrl: PublicUrlConfiguration;
  readonly tls: TlsConfiguration;
  readonly database: DatabaseConfiguration;
  readonly store: StoreConfiguration;
  readonly keys: KeysConfiguration;
  readonly limits: LimitsConfiguration;
  readonly sessions: SessionsConfiguration;
  readonly places: PlacesConfiguration;
  readonly tokens: TokensConfiguration;
  readonly openid: OpenidConfiguration;
  readonly passwords: PasswordsConfiguration;
  readonly signInPolicy: SignInPolicyConfiguration;
  readonly mail: MailConfiguration;
  readonly audit: AuditConfiguration;
  readonly import: ImportConfiguration;
  readonly logging: LoggingConfiguration;
}

/** The concerns in the order in which their faults are listed. */
export const concerns: { readonly [K in keyof Settings]: Concern<Settings[K]> } = {
  home: homeConcern,
  network: networkConcern,
  publicUrl: publicUrlConcern,
  tls: tlsConcern,
  database: databaseConcern,
  store: storeConcern,
  keys: keysConcern,
  limits: limitsConcern,
  sessions: sessionsConcern,
  places: placesConcern,
  tokens: tokensConcern,
  openid: openidConcern,
  passwords: passwordsConcern,
  signInPolicy: signInPolicyConcern,
  mail: mailConcern,
  audit: auditConcern,
  import: importConcern,
  logging: loggingConcern,
};

/** Every variable that Careward's server knows. */
export const knownVariables: ReadonlySet<string> = new Set(
  Object.values(concerns).flatMap((concern) => concern.variables),
);
