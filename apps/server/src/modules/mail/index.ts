export { clinicCode, createMailCode, hashOfMailCode, parseClinicCode } from './mail-code.ts';
export { MailDelivery } from './mail-delivery.ts';
export { MailHealth } from './mail-health.ts';
export { MailLimits } from './mail-limits.ts';
export { MailOutboxRepository, mailInsert, mailInsertFor } from './mail-outbox.repository.ts';
export { type MailText, MailTexts } from './mail-texts.ts';
export { MailedNotices } from './mailed-notices.repository.ts';
