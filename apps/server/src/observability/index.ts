export {
  HealthRegistry,
  type ReadinessReport,
} from './health-registry.ts';

export { LoggingService } from './logging.service.ts';
export { Metrics } from './metrics.ts';
export { type MetricsServer, startMetricsServer } from './metrics-server.ts';
export { NestLogger } from './nest-logger.ts';
export { observeResponse } from './observe-response.ts';
