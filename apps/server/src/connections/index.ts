export type { DatabaseConnection, DatabaseKind, LoginFacts } from './database/database-connection.ts';
export { type DatabaseOptions, openDatabase } from './database/open-database.ts';
export type { PostgresDatabaseOptions } from './database/postgres-database.ts';

export { authorityFileOf, type TlsMaterial } from './home/home-certificates.ts';
export { type Home, openHome } from './home/open-home.ts';
export {
  createSigningKeyFile,
  type SigningPurpose,
} from './home/signing-key-file.ts';
export { EmbeddedLimitStore } from './stores/embedded-limit-store.ts';
export { EmbeddedSessionStore } from './stores/embedded-session-store.ts';

export type { Limit, LimitDecision, LimitStore } from './stores/limit-store.ts';
export { openStores, type StoreEvents, type Stores } from './stores/open-stores.ts';

export type { SessionStore } from './stores/session-store.ts';
