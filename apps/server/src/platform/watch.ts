import type { Clock } from '@careward/kernel';
import type { Configuration } from '../config/index.ts';
import type { StoreEvents, Stores } from '../connections/index.ts';
import type { ProblemReport } from '../errors/index.ts';
import { EventService } from '../events/index.ts';
import { HealthRegistry, LoggingService, Metrics } from '../observability/index.ts';
import type { Database } from '../persistence/index.ts';

/** What watches the others: logs, metrics, health, events. Shed requests are counted and not logged: overload must not fill the log. */
export function buildWatch({ logging: plan, profile }: Configuration, clock: Clock) {
  const logging = new LoggingService({ ...plan, isDevelopment: profile === 'development' });
  const metrics = new Metrics();
  const health = new HealthRegistry(clock);
  const events = new EventService(clock, (error) =>
    logging.error('SYSTEM', 'event subscriber failed', error),
  );
  const reportProblem = ({ error, status }: ProblemReport) => {
    if (status >= 500 && error.code !== 'edge-overloaded') {
      logging.error('ERROR', 'request failed', error);
    }
  };
  events.onAny(({ type, priority, origin }) =>
    logging.info('SECURITY', 'event', {
      event: type,
      priority,
      ...(origin && { requestId: origin.requestId }),
    }),
  );
  return { logging, metrics, health, events, reportProblem };
}

/** What {@link buildWatch} builds. */
export type Watch = ReturnType<typeof buildWatch>;

/** Tells readiness of database, sessions and limits. */
export function registerHealth(health: HealthRegistry, database: Database, stores: Stores): void {
  health.register('database', async () => ((await database.health()).available ? 'up' : 'down'));
  health.register('sessions', async () => {
    await stores.ping();
    return 'up';
  });
  health.register('limits', async () => (stores.limitsAreLocal() ? 'degraded' : 'up'));
}

/** What becomes of news from the stores: a metric, an event, a log line. */
export function storeEvents({ logging, metrics, events }: Watch): StoreEvents {
  return {
    onLimitsChange: (isLocal) => {
      metrics.limitsLocal.set(isLocal ? 1 : 0);
      if (isLocal) metrics.limitFallbacks.inc();
      events.emitEnterprise('limits.local', { isLocal });
    },
    onError: (error) => logging.error('CACHE', 'store failed', error),
  };
}
