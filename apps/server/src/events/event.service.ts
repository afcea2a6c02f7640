// How one part of the server tells another without knowing it.
//
// Defends whoever tells from whoever listens: a subscriber that throws, rejects or subscribes while being told changes nothing
// for the emitter or for other subscribers. Delivery is in this process only and may be lost with it: what has to be kept is
// written in the transaction that it belongs to, never by a subscriber.
import { type Clock, newId } from '@careward/kernel';
import type { RequestOrigin } from '../request-context/index.ts';
import {
  EVENT_KINDS,
  type EventCategory,
  type EventDetails,
  type EventPriority,
  type EventType,
} from './event-types.ts';

/** One event of a type, frozen. */
export interface EventOf<T extends EventType> {
  readonly id: string;
  readonly type: T;
  readonly category: EventCategory;
  readonly priority: EventPriority;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The request that caused it; null for what the server does by itself. */
  readonly origin: RequestOrigin | null;
  readonly details: EventDetails[T];
}

/** Any event: a union that is told apart by `type`. */
export type CarewardEvent = { [T in EventType]: EventOf<T> }[EventType];

/** Told of an event. May be asynchronous; nobody waits for it. */
export type EventHandler<E> = (event: E) => void | Promise<void>;

/** Told when a subscriber failed. */
export type SubscriberFault = (error: unknown, event: CarewardEvent) => void;

/** Hands events to their subscribers in the order of subscription. */
export class EventService {
  readonly #clock: Clock;
  readonly #onFault: SubscriberFault;
  readonly #handlers = new Map<EventType | '*', ReadonlySet<EventHandler<CarewardEvent>>>();

  constructor(clock: Clock, onFault: SubscriberFault = () => undefined) {
    this.#clock = clock;
    this.#onFault = onFault;
  }

  /** Tells every subscriber. Returns at once and never throws. */
  emitEnterprise<T extends EventType>(
    type: T,
    details: EventDetails[T],
    origin: RequestOrigin | null = null,
  ): void {
    const at = this.#clock.now();
    const frozen = Object.freeze({ ...details });
    // A type parameter does not distribute over the union; `type` and `details` were checked against each other above.
    const event = Object.freeze({
      id: newId(this.#clock),
      type,
      ...EVENT_KINDS[type],
      at,
      origin,
      details: frozen,
    }) as unknown as CarewardEvent;
    for (const handler of [...(this.#handlers.get(type) ?? []), ...(this.#handlers.get('*') ?? [])]) {
      this.#tell(handler, event);
    }
  }

  /** Subscribes to one type. Returns how to end it. */
  on<T extends EventType>(type: T, handler: EventHandler<EventOf<T>>): () => void {
    // Handlers are kept by type and are only ever handed events of that type.
    return this.#subscribe(type, handler as unknown as EventHandler<CarewardEvent>);
  }

  /** Subscribes to every type. Returns how to end it. */
  onAny(handler: EventHandler<CarewardEvent>): () => void {
    return this.#subscribe('*', handler);
  }

  #subscribe(type: EventType | '*', handler: EventHandler<CarewardEvent>): () => void {
    this.#handlers.set(type, new Set([...(this.#handlers.get(type) ?? []), handler]));
    return () => {
      const remaining = new Set(this.#handlers.get(type));
      remaining.delete(handler);
      this.#handlers.set(type, remaining);
    };
  }

  #tell(handler: EventHandler<CarewardEvent>, event: CarewardEvent): void {
    try {
      handler(event)?.catch((error: unknown) => this.#report(error, event));
    } catch (error) {
      this.#report(error, event);
    }
  }

  #report(error: unknown, event: CarewardEvent): void {
    try {
      this.#onFault(error, event);
    } catch {
      // Reporting is the last resort; there is nobody left to tell.
    }
  }
}
