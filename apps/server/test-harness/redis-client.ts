import { createClient } from 'redis';

/** A plain client of a Redis server: no functions, no time limits of its own. */
export async function openRedisClient(url: string): Promise<RedisClient> {
  const client = makeClient(url);
  await client.connect();
  return client;
}

/** What {@link openRedisClient} opens. */
export type RedisClient = ReturnType<typeof makeClient>;

function makeClient(url: string) {
  const client = createClient({ url, RESP: 2, commandOptions: { timeout: 0 } });
  // A lost connection also fails the command in hand, which is where it is heard of.
  client.on('error', () => undefined);
  return client;
}
