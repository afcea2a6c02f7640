import type { FastifyRequest } from 'fastify';

/** Told when the number of requests in work changes. */
export type InWorkListener = (inWork: number) => void;

interface Slot {
  isAnswered: boolean;
  isClosed: boolean;
}

/**
 * Counts the requests in work. A place is taken until the answer was produced *and* the connection is done with it: a client
 * that hangs up early does not free the place of the work it has caused.
 */
export class Admission {
  readonly #maximum: number;
  readonly #onChange: InWorkListener;
  readonly #slots = new WeakMap<FastifyRequest, Slot>();
  #inWork = 0;

  constructor(maximum: number, onChange: InWorkListener = () => undefined) {
    this.#maximum = maximum;
    this.#onChange = onChange;
  }

  /** Requests in work at the moment. */
  get inWork(): number {
    return this.#inWork;
  }

  /** Takes a place; false when there is none. */
  enter(request: FastifyRequest): boolean {
    if (this.#inWork >= this.#maximum) return false;
    this.#slots.set(request, { isAnswered: false, isClosed: false });
    this.#change(1);
    return true;
  }

  /** The answer was produced. */
  answered(request: FastifyRequest): void {
    this.#update(request, { isAnswered: true });
  }

  /** The connection is done with the request. */
  closed(request: FastifyRequest, isAnswered: boolean): void {
    this.#update(request, isAnswered ? { isClosed: true, isAnswered } : { isClosed: true });
  }

  #update(request: FastifyRequest, change: Partial<Slot>): void {
    const slot = this.#slots.get(request);
    if (!slot) return;
    Object.assign(slot, change);
    if (!slot.isAnswered || !slot.isClosed) return;
    this.#slots.delete(request);
    this.#change(-1);
  }

  #change(by: 1 | -1): void {
    this.#inWork += by;
    this.#onChange(this.#inWork);
  }
}
