/** A server under load with the requests that it is asked: what the benchmark compares. */
import type { MeasuredServer } from '../server-cpu/measured-server.ts';
import { Load, type Requests } from './load.ts';

/** Requests that were made before the clock runs. `prepare` makes `count` new ones where each is good only once. */
export interface MeasuredRequests {
  prepare(count: number): Promise<Requests>;
}

const WARM_UP = 12_000;

/** A server and over how many connections it is asked. */
export interface Asked {
  readonly server: MeasuredServer;
  readonly connections: number;
}

/** One row of the tables. */
export class MeasuredSubject {
  readonly name: string;
  /** Microseconds of the server's processor time for a request, one a round. */
  readonly processor: number[] = [];
  readonly #asked: Asked;
  readonly #requests: MeasuredRequests;

  constructor(name: string, asked: Asked, requests: MeasuredRequests) {
    this.name = name;
    this.#asked = asked;
    this.#requests = requests;
  }

  /** Until the server's code is compiled as far as it will be. */
  async warmUp(): Promise<void> {
    await this.#loaded(WARM_UP, (load, requests) => load.run(requests, WARM_UP));
  }

  /** As many requests as the server takes: microseconds by the clock for each. */
  async saturated(count: number): Promise<number> {
    return this.#loaded(count, async (load, requests) => {
      let elapsed = 0;
      const work = async () => {
        const start = performance.now();
        await load.run(requests, count);
        elapsed = performance.now() - start;
      };
      this.processor.push(await this.#asked.server.costOf(count, work));
      return (elapsed * 1_000) / count;
    });
  }

  /** Milliseconds below which 99 of 100 answers came at a fixed rate. */
  async slowestHundredth(count: number, perSecond: number): Promise<number> {
    return this.#loaded(count, async (load, requests) => {
      const latencies = await load.atRate(requests, count, perSecond);
      return latencies.toSorted()[Math.floor(count * 0.99)] ?? Number.NaN;
    });
  }

  /** With connections of this time: servers close those that nobody uses. */
  async #loaded<T>(count: number, work: (load: Load, requests: Requests) => Promise<T>): Promise<T> {
    const requests = await this.#requests.prepare(count);
    const load = await Load.to(this.#asked.server.url, this.#asked.connections);
    try {
      return await work(load, requests);
    } finally {
      load.close();
    }
  }
}
