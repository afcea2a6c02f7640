import { describe, expect, it } from 'vitest';
import { HealthRegistry } from './index.ts';

describe('HealthRegistry', () => {
  it('is live whatever its dependencies say', () => {
    const health = new HealthRegistry({ now: () => 0 });
    health.register('database', () => Promise.reject(new Error('down')));
    expect(health.live()).toEqual({ status: 'up' });
  });

  it('is as ready as the worst of its dependencies, and tells names and states only', async () => {
    const health = new HealthRegistry({ now: () => 0 });
    health.register('database', async () => undefined);
    health.register('limits', async () => 'degraded');
    expect(await health.ready()).toEqual({
      status: 'degraded',
      dependencies: { database: { state: 'up' }, limits: { state: 'degraded' } },
    });
    const failing = new HealthRegistry({ now: () => 0 });
    failing.register('database', () => Promise.reject(new Error('postgres://user:password@host')));
    expect(JSON.stringify(await failing.ready())).toBe(
      '{"status":"down","dependencies":{"database":{"state":"down"}}}',
    );
  });

  it('asks its dependencies at most once a second', async () => {
    let now = 0;
    let asked = 0;
    const health = new HealthRegistry({ now: () => now });
    health.register('database', async () => {
      asked += 1;
      return undefined;
    });
    for (let i = 0; i < 50; i += 1) await health.ready();
    expect(asked).toBe(1);
    now = 1_000;
    await health.ready();
    expect(asked).toBe(2);
  });

  it('takes a check that throws at once, and one that never answers, as down', async () => {
    const health = new HealthRegistry({ now: () => 0 });
    health.register('broken', () => {
      throw new Error('at once');
    });
    health.register('hung', () => new Promise(() => undefined));
    expect(await health.ready()).toMatchObject({
      dependencies: { broken: { state: 'down' }, hung: { state: 'down' } },
    });
  });

  it('is not ready from the moment it stops', async () => {
    const health = new HealthRegistry({ now: () => 0 });
    health.register('database', async () => undefined);
    expect((await health.ready()).status).toBe('up');
    health.beginStop();
    expect((await health.ready()).status).toBe('down');
  });
});
