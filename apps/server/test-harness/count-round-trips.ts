/** What a request costs the database, with nothing else of the server asking. */
import type { RunningServer } from '../src/server.ts';

/** Counts the round trips of a piece of work. */
export type CountRoundTrips = (work: () => Promise<unknown>) => Promise<number>;

/** Stops the sequencer and the delivery of mail for as long as the counting goes on. */
export async function withRoundTripsCounted(
  { platform }: RunningServer,
  measure: (counted: CountRoundTrips) => Promise<void>,
): Promise<void> {
  const { database, sequencer, mail } = platform;
  await mail.delivery.stop();
  await sequencer.stop();
  await measure(async (work) => {
    const before = database.roundTrips;
    await work();
    return database.roundTrips - before;
  });
  await sequencer.start();
  mail.delivery.start();
}
