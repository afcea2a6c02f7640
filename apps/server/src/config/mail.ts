import type { Secret } from '@careward/kernel';
import { concern } from './concern.ts';
import { secretUrl, text } from './fields.ts';

/** How mail leaves. Without a server, development writes each mail as a file into the home folder. */
export interface MailConfiguration {
  /** Login and address of the SMTP server: smtp (TLS by STARTTLS) or smtps (TLS from the first byte). */
  readonly smtpUrl: Secret<string> | undefined;
  /** The address that mail is sent from. */
  readonly from: string | undefined;
}

const ADDRESS = /^[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])$/i;

/** Reads {@link MailConfiguration}. */
export const mailConcern = concern(
  {
    CAREWARD_SMTP_URL: secretUrl(['smtp:', 'smtps:'])
      .refine((secret) => isBareServer(secret.reveal()), {
        error:
          'names no host, or more than login, host and port; for example smtps://login:password@mail.example.org',
      })
      .optional(),
    CAREWARD_MAIL_FROM: text()
      .regex(ADDRESS, { error: 'must be one plain e-mail address; for example careward@clinic.example' })
      .optional(),
  },
  (values): MailConfiguration => ({
    smtpUrl: values.CAREWARD_SMTP_URL,
    from: values.CAREWARD_MAIL_FROM,
  }),
);

/** Options in the address could switch the check of the certificate off. */
function isBareServer(value: string): boolean {
  const { hostname, pathname, search, hash } = new URL(value);
  return hostname !== '' && ['', '/'].includes(pathname) && search === '' && hash === '';
}
