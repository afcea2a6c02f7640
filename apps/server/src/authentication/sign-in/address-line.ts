// Colleagues behind one address who sign in at the same moment.
//
// Defends them from each other: an attempt counts as failed while it runs, so more at once than the limit allows would refuse honest
// people. Strangers' attempts of one address are made one after the other in this process; the others wait, up to a bound.
// Does not know other processes: where several serve one address, an attempt of each may count at the same moment.

import { authenticationErrors } from '../authentication.errors.ts';
import { FairQueue } from '../passwords/fair-queue.ts';

const AT_ONCE = 1;
const MOST_WAITING = 256;

/** Runs work of one address one after the other; addresses do not wait for each other. */
export class AddressLine {
  readonly #lines = new Map<string, { readonly queue: FairQueue<'attempt'>; count: number }>();

  /** Runs the work when its turn has come, or refuses with `authentication-busy`. */
  async run<T>(address: string, work: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(address) ?? { queue: newQueue(), count: 0 };
    this.#lines.set(address, line);
    line.count += 1;
    try {
      return await line.queue.run('attempt', work);
    } finally {
      line.count -= 1;
      if (line.count === 0) this.#lines.delete(address);
    }
  }
}

function newQueue(): FairQueue<'attempt'> {
  const busy = () => authenticationErrors.error('authentication-busy', { retryAfterSeconds: 5 });
  return new FairQueue({ concurrency: AT_ONCE, queue: MOST_WAITING }, busy);
}
