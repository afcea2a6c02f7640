import {
  type Driver,
  Kysely,
  type DatabaseConnection as KyselyConnection,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import type { DB } from './generated/database.ts';
import { persistenceErrors } from './persistence.errors.ts';

/** Kysely over Careward's schema. It writes statements; it cannot run them. */
export type QueryBuilder = Kysely<DB>;

/** Makes a builder whose statements can only be run through a scope: `execute` refuses with `persistence-build-only`. */
export function createQueryBuilder(): QueryBuilder {
  return new Kysely<DB>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => refusingDriver,
      createIntrospector: (builder) => new PostgresIntrospector(builder),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}

const refuse = async (): Promise<never> => {
  throw persistenceErrors.error('persistence-build-only', { detail: 'run the statement through a scope' });
};

const refusingDriver: Driver = {
  init: async () => undefined,
  acquireConnection: refuse as () => Promise<KyselyConnection>,
  beginTransaction: refuse,
  commitTransaction: refuse,
  rollbackTransaction: refuse,
  releaseConnection: async () => undefined,
  destroy: async () => undefined,
};
