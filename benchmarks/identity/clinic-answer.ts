/** The route that every subject answers: one clinic, read from Postgres by its id. */
import pg from 'pg';

/** A database of the baselines' own, with the one clinic that is asked for. */
export const CLINIC_ID = '019a0000-0000-7000-8000-00000000000a';

const COLUMNS = 'id, name, region, created_at as "createdAt"';

/** Makes the table and its row. */
export async function createClinicTable(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    'create table clinic (id uuid primary key, name text not null, region text not null, created_at timestamptz not null)',
  );
  await client.query("insert into clinic values ($1, 'Measured clinic', 'local', now())", [CLINIC_ID]);
  await client.end();
}

/** Reads clinics as plainly as one can: a pool and a prepared statement. */
export class ClinicReader {
  readonly #pool: pg.Pool;

  constructor(databaseUrl: string) {
    this.#pool = new pg.Pool({ connectionString: databaseUrl, max: 8 });
  }

  async get(id: string): Promise<object> {
    const query = { name: 'clinic', text: `select ${COLUMNS} from clinic where id = $1`, values: [id] };
    const { rows } = await this.#pool.query<{ createdAt: Date }>(query);
    const [row] = rows;
    if (row === undefined) throw new Error('there is no such clinic');
    return { ...row, createdAt: row.createdAt.toISOString() };
  }
}
