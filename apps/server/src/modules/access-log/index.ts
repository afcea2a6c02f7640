export { AccessLogController } from './access-log.controller.ts';
export { AccessLogRepository } from './access-log.repository.ts';
export { AccessLogService } from './access-log.service.ts';
export { LedgerController } from './ledger.controller.ts';
export { LedgerPublicationRepository } from './ledger-publication.repository.ts';
export { LedgerPublicationService } from './ledger-publication.service.ts';
