export {
  type DependencyReport,
  type DependencyState,
  type HealthCheck,
  HealthRegistry,
  type ReadinessReport,
} from './health-registry.ts';
export type { LogFields } from './log-fields.ts';
export { type LogContext, type LoggingOptions, LoggingService } from './logging.service.ts';
export { Metrics } from './metrics.ts';
export { type MetricsServer, startMetricsServer } from './metrics-server.ts';
export { NestLogger } from './nest-logger.ts';
export { observeResponse } from './observe-response.ts';
export { requestFields } from './request-fields.ts';
