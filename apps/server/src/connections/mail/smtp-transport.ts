// Mail by SMTP.
//
// Defends mail on its way: TLS with a checked certificate to every server that is not on this machine, before login and content.
// Addresses are handed over as objects that were checked, never as text that the library would take apart.
// Does not encrypt beyond the first server: no mail holds anything that its reader alone may know, but for the code in its link.
import type { Secret } from '@careward/kernel';
import { createTransport, type Transporter } from 'nodemailer';
import type SMTPTransport from 'nodemailer/lib/smtp-transport/index.js';
import { mailErrors } from './mail.errors.ts';
import { requirePlainAddress, requireSubject } from './mail-address.ts';
import type { Mail, MailTransport } from './mail-transport.ts';

/** How long each step of a delivery may take, in milliseconds. */
const TIMEOUT_MS = 10_000;

/** Sends to one SMTP server, a connection for each mail. */
export class SmtpTransport implements MailTransport {
  readonly #transporter: Transporter;
  readonly #from: string;

  constructor(url: Secret<string>, from: string) {
    this.#from = requirePlainAddress(from);
    this.#transporter = createTransport(smtpOptions(new URL(url.reveal())));
  }

  async send(mail: Mail): Promise<void> {
    const message = {
      from: { name: '', address: this.#from },
      to: { name: '', address: requirePlainAddress(mail.recipient) },
      subject: requireSubject(mail.subject),
      text: mail.text,
      messageId: `<${mail.id}@${this.#from.split('@')[1]}>`,
      // RFC 3834: nobody's absence is announced to a machine.
      headers: { 'Auto-Submitted': 'auto-generated' },
      disableFileAccess: true,
      disableUrlAccess: true,
    };
    await this.#orNotSent(() => this.#transporter.sendMail(message));
  }

  async ping(): Promise<void> {
    await this.#orNotSent(() => this.#transporter.verify());
  }

  close(): void {
    this.#transporter.close();
  }

  /** The library's errors may repeat the recipient: only their code goes on. */
  async #orNotSent(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      throw mailErrors.error('mail-not-sent', { detail: code });
    }
  }
}

/** Only what the configuration lets the address say; nothing of it is handed to the library unread. */
export function smtpOptions(url: URL): SMTPTransport.Options {
  const isSecure = url.protocol === 'smtps:';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (isSecure ? 465 : 587)),
    secure: isSecure,
    requireTLS: !isSecure && !isLoopback(url.hostname),
    tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    ...(url.username !== '' && {
      auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  };
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
