import { randomUUID } from 'node:crypto';
import { Secret, systemClock } from '@careward/kernel';
import { createClient } from 'redis';
import { describe, expect, it } from 'vitest';
import { RedisConnection } from './redis-connection.ts';
import { RedisLimitStore } from './redis-limit-store.ts';

const redisUrl = process.env.CAREWARD_TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';

describe.skipIf(process.env.CAREWARD_TEST_SERVICES !== '1')(
  'the Redis library (CAREWARD_TEST_SERVICES=1)',
  () => {
    it('keeps arrival times to the microsecond, which Lua would round to fourteen digits', async () => {
      const keyPrefix = `careward-test-${randomUUID()}:`;
      const url = Secret.of(redisUrl);
      const redis = await RedisConnection.open({
        url,
        commandTimeoutMs: 2_000,
        clock: systemClock,
        keyPrefix,
      });
      const client = createClient({ url: redisUrl });
      client.on('error', () => undefined);
      await client.connect();
      try {
        const limits = new RedisLimitStore(redis);
        await limits.take('digits', { intervalMs: 60_000, burst: 5 });
        expect(await client.get(`${keyPrefix}l:digits`)).toMatch(/^\d{16}$/);
        await limits.take('digits', { intervalMs: 60_000, burst: 5 });
        await limits.giveBack('digits', { intervalMs: 60_000, burst: 5 });
        expect(await client.get(`${keyPrefix}l:digits`)).toMatch(/^\d{16}$/);
      } finally {
        await client.del(`${keyPrefix}l:digits`);
        client.destroy();
        await redis.close();
      }
    });
  },
);
