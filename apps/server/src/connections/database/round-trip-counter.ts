import type { Connection } from 'pg';

/** Counts what makes the server answer: Sync and Query messages, and Flush. */
export interface RoundTripCounter {
  roundTrips: number;
}

const ANSWERED_MESSAGES = ['sync', 'query', 'flush'] as const;

/** Counts a connection's messages from here on, where they are put on the wire, not where somebody asks for them. */
export function countRoundTrips(connection: Connection, counter: RoundTripCounter): void {
  for (const message of ANSWERED_MESSAGES) {
    const send = connection[message].bind(connection) as (text: string) => void;
    connection[message] = (text?: string) => {
      counter.roundTrips += 1;
      send(text ?? '');
    };
  }
}
