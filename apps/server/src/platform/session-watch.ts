import {
  type SessionRepository,
  SessionStatisticsService,
  SessionWatch,
  SessionWatchRepository,
  SuspiciousSessionDetection,
} from '../authentication/index.ts';
import { type Foundations, systemContext } from './foundations.ts';
import type { Watch } from './watch.ts';

/** What is done about sessions by the hour, and the figures that come of it. */
export function buildSessionWatch(
  { clock, database, stores, places, events }: Foundations,
  { logging, metrics }: Watch,
  sessions: SessionRepository,
) {
  const [store, context] = [stores.identity, systemContext];
  const repository = new SessionWatchRepository(database);
  const sessionStatistics = new SessionStatisticsService(store, clock);
  const onFailure = (error: unknown) =>
    logging.error('SECURITY', 'sessions of an account not looked at', error);
  const detection = new SuspiciousSessionDetection({
    store,
    repository,
    places,
    events,
    clock,
    context,
    onFailure,
  });
  const sessionWatch = new SessionWatch({
    store,
    statistics: sessionStatistics,
    detection,
    sessions,
    repository,
    metrics,
    logging,
    context,
  });
  return { sessionStatistics, sessionWatch };
}
