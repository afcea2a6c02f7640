import { join } from 'node:path';
import type { MailConfiguration } from '../../config/index.ts';
import { FileTransport } from './file-transport.ts';
import type { MailTransport } from './mail-transport.ts';
import { SmtpTransport } from './smtp-transport.ts';

/** The way that the configuration names: SMTP, or files in the home folder. Opens no connection yet. */
export function openMail({ smtpUrl, from }: MailConfiguration, homePath: string): MailTransport {
  if (smtpUrl === undefined || from === undefined) return new FileTransport(join(homePath, 'mail'));
  return new SmtpTransport(smtpUrl, from);
}
