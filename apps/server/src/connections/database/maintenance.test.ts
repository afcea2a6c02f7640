import { FakeClock } from '@careward/testing';
import type { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { DatabaseMaintenance } from './maintenance.ts';

const plan = { afterWrites: 100, afterMs: 60_000, lookEveryMs: 1_000 };

describe('maintenance', () => {
  it('runs after enough writes, each table on its own, then a checkpoint', async () => {
    const world = new World();
    world.maintenance.noteWrites(99);
    await world.look();
    expect(world.ran).toEqual([]);
    world.maintenance.noteWrites(1);
    await world.look();
    expect(world.ran).toEqual([
      'list',
      'vacuum (analyze) public.one',
      'vacuum (analyze) public.two',
      'checkpoint',
    ]);
    expect(world.turns).toBe(4);
    expect(world.maintenance.rounds).toBe(1);
  });

  it('runs some time after the first write, however few there were', async () => {
    const world = new World();
    world.maintenance.noteWrites(1);
    world.clock.advance(59_999);
    await world.look();
    expect(world.maintenance.rounds).toBe(0);
    world.clock.advance(1);
    await world.look();
    await world.look();
    expect(world.maintenance.rounds).toBe(1);
  });

  it('never runs when nothing was written', async () => {
    const world = new World();
    world.maintenance.noteWrites(0);
    world.clock.advance(10 * plan.afterMs);
    await world.look();
    expect(world.ran).toEqual([]);
  });

  it('counts the writes made while it runs towards the next round', async () => {
    const world = new World();
    world.maintenance.noteWrites(100);
    const running = world.maintenance.run();
    await world.settled();
    world.maintenance.noteWrites(100);
    await running;
    await world.look();
    expect(world.maintenance.rounds).toBe(2);
  });

  it('runs one round at a time', async () => {
    const world = new World();
    await Promise.all([world.maintenance.run(), world.maintenance.run()]);
    expect(world.maintenance.rounds).toBe(1);
  });

  it('reports a failure and tries again at the next look', async () => {
    const world = new World();
    world.failing = true;
    world.maintenance.noteWrites(100);
    await world.look();
    expect(world.failures).toHaveLength(1);
    world.failing = false;
    await world.look();
    expect(world.maintenance.rounds).toBe(1);
  });

  it('stops looking, and waits for the round that runs', async () => {
    const world = new World();
    const running = world.maintenance.run();
    await world.maintenance.stop();
    expect(world.maintenance.rounds).toBe(1);
    expect(world.stopped).toBe(true);
    await running;
  });
});

class World {
  readonly clock = new FakeClock();
  readonly ran: string[] = [];
  readonly failures: unknown[] = [];
  turns = 0;
  failing = false;
  stopped = false;
  #tick: () => void = () => undefined;
  readonly maintenance = new DatabaseMaintenance({
    plan,
    clock: this.clock,
    timer: {
      every: (_, run) => {
        this.#tick = run;
        return {
          stop: () => {
            this.stopped = true;
          },
        };
      },
    },
    asOwner: async (work) => {
      this.turns += 1;
      // Only `query` is called on it.
      return await work({ query: (text: string) => this.#query(text) } as unknown as Client);
    },
    onFailure: (error) => this.failures.push(error),
  });

  async look(): Promise<void> {
    this.#tick();
    await this.settled();
  }

  async settled(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  async #query(text: string): Promise<unknown> {
    if (this.failing) throw new Error('no');
    this.ran.push(text.includes('select') ? 'list' : text);
    return { rows: [{ name: 'public.one' }, { name: 'public.two' }] };
  }
}
