export type { DatabaseConnection, DatabaseKind, LoginFacts } from './database/database-connection.ts';
export { type DatabaseOptions, openDatabase } from './database/open-database.ts';
export type { PostgresDatabaseOptions } from './database/postgres-database.ts';

export { authorityFileOf, type TlsMaterial } from './home/home-certificates.ts';
export { createLedgerKeyFile } from './home/ledger-key-file.ts';
export { type Home, openHome } from './home/open-home.ts';
export type { Mail, MailTransport } from './mail/mail-transport.ts';
export { openMail } from './mail/open-mail.ts';
export { openPlaces } from './places/open-places.ts';
export { NO_PLACES, type Place, type PlaceLookup, placeText } from './places/place.ts';
export { EmbeddedIdentityStore } from './stores/embedded-identity-store.ts';
export { EmbeddedLimitStore } from './stores/embedded-limit-store.ts';
export type {
  AccountNumbers,
  GateAnswer,
  GateQuestion,
  IdentityStore,
  NewSession,
  SessionAnswer,
  SessionCap,
  SessionRecord,
} from './stores/identity-store.ts';
export type { Limit, LimitDecision, LimitStore } from './stores/limit-store.ts';
export type { AttemptRule, FailureWindow, LockoutLadder } from './stores/lockout.ts';
export { openStores, type StoreEvents, type Stores } from './stores/open-stores.ts';
