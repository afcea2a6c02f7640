export { databaseErrors } from './database/database.errors.ts';
export type { DatabaseConnection, DatabaseKind, LoginFacts } from './database/database-connection.ts';
export { type DatabaseOptions, openDatabase } from './database/open-database.ts';
export type { PostgresDatabaseOptions } from './database/postgres-database.ts';
export { homeErrors } from './home/home.errors.ts';
export { authorityFileOf, type TlsMaterial } from './home/home-certificates.ts';
export { type Home, openHome } from './home/open-home.ts';
export {
  createSigningKeyFile,
  type KeyOrigin,
  readSigningKeyFile,
  type SigningKey,
  type SigningKeyPlace,
  type SigningPurpose,
} from './home/signing-key-file.ts';
export { EmbeddedLimitStore } from './stores/embedded-limit-store.ts';
export { EmbeddedSessionStore } from './stores/embedded-session-store.ts';
export { FallbackLimitStore } from './stores/fallback-limit-store.ts';
export type { Limit, LimitDecision, LimitStore } from './stores/limit-store.ts';
export { openStores, redisStores, type StoreEvents, type Stores } from './stores/open-stores.ts';
export { RedisConnection, type RedisOptions } from './stores/redis-connection.ts';
export { RedisLimitStore } from './stores/redis-limit-store.ts';
export { RedisSessionStore } from './stores/redis-session-store.ts';
export type { Rotation, SessionRecord, SessionStore } from './stores/session-store.ts';
export { storeErrors } from './stores/store.errors.ts';
