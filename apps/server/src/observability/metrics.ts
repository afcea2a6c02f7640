// Figures for Prometheus.
//
// Labels are route patterns, codes and names of limits: bounded sets that identify nobody. Nothing a client sends becomes a
// label, so it can neither leak nor fill the memory with series.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The server's metrics, in a registry of their own. */
export class Metrics {
  readonly registry = new Registry();

  readonly requestSeconds = new Histogram({
    name: 'careward_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [this.registry],
  });

  readonly refusals = new Counter({
    name: 'careward_refusals_total',
    help: 'Requests that were refused or failed, by error code.',
    labelNames: ['code'],
    registers: [this.registry],
  });

  readonly limitDecisions = new Counter({
    name: 'careward_limit_decisions_total',
    help: 'Decisions of rate limits.',
    labelNames: ['limit', 'outcome'],
    registers: [this.registry],
  });

  readonly limitsLocal = new Gauge({
    name: 'careward_limits_local',
    help: '1 while rate limits are kept in this process because the shared store is down.',
    registers: [this.registry],
  });

  readonly limitFallbacks = new Counter({
    name: 'careward_limit_fallbacks_total',
    help: 'How often the shared store of rate limits went down.',
    registers: [this.registry],
  });

  readonly requestsInWork = new Gauge({
    name: 'careward_requests_in_work',
    help: 'Requests that were admitted and are not answered yet.',
    registers: [this.registry],
  });

  readonly requestsShed = new Counter({
    name: 'careward_requests_shed_total',
    help: 'Requests that were refused because too many were in work.',
    registers: [this.registry],
  });

  readonly sequencerLag = new Gauge({
    name: 'careward_sequencer_lag_entries',
    help: 'Audit entries that are not in the ledger yet.',
    registers: [this.registry],
  });

  readonly sessions = new Gauge({
    name: 'careward_sessions',
    help: 'Sessions in the store, counted every ten minutes for all processes.',
    registers: [this.registry],
  });

  readonly sessionAccounts = new Gauge({
    name: 'careward_session_accounts',
    help: 'Accounts that have sessions in the store, counted every ten minutes for all processes.',
    registers: [this.registry],
  });

  /** Adds the figures of the process: memory, event loop, garbage collection. */
  collectProcessMetrics(): void {
    collectDefaultMetrics({ register: this.registry, prefix: 'careward_' });
  }
}
