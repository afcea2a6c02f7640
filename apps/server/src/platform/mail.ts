import { openMail } from '../connections/index.ts';
import type { EncryptionService } from '../encryption/index.ts';
import {
  MailDelivery,
  MailedNotices,
  MailHealth,
  MailOutboxRepository,
  MailTexts,
} from '../modules/mail/index.ts';
import { type Foundations, systemContext } from './foundations.ts';
import type { Watch } from './watch.ts';

/** Mail: what it says, where it waits, how it leaves. */
export function buildMail(
  foundations: Foundations,
  encryption: EncryptionService,
  { logging, health }: Watch,
) {
  const { configuration, home, database, clock } = foundations;
  const transport = openMail(configuration.mail, home.path);
  const texts = new MailTexts(configuration.publicUrl.url);
  const delivery = new MailDelivery({
    outbox: new MailOutboxRepository(database, encryption),
    transport,
    context: systemContext,
    onFailure: (error) => logging.error('SYSTEM', 'mail not sent', error),
    onGivenUp: (count) => logging.warn('SYSTEM', 'mail given up after three days', { count }),
  });
  const notices = new MailedNotices({
    database,
    encryption,
    texts,
    context: systemContext,
    onNotice: () => delivery.wake(),
  });
  const mailHealth = new MailHealth(transport, clock);
  health.register('mail', () => mailHealth.state());
  return { transport, texts, delivery, notices };
}
