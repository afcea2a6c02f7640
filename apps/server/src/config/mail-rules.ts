import type { Fault } from '@careward/kernel';
import type { MailConfiguration } from './mail.ts';
import type { PublicUrlConfiguration } from './public-url.ts';

/** Why mail may not leave as configured: in production it goes to people, in every profile it comes from somebody. */
export function mailFaults({ smtpUrl }: MailConfiguration): Fault[] {
  if (smtpUrl !== undefined) return [];
  return [
    {
      path: 'CAREWARD_SMTP_URL',
      message: 'is missing, and production does not keep mail in files; name the SMTP server',
    },
  ];
}

/** Faults of both profiles. */
export function senderFaults({ smtpUrl, from }: MailConfiguration): Fault[] {
  if (smtpUrl === undefined || from !== undefined) return [];
  return [
    { path: 'CAREWARD_MAIL_FROM', message: 'is missing beside the SMTP server; name the sending address' },
  ];
}

/** Links that are sent to people lead here: production does not guess the address. */
export function publicUrlFaults({ isNamed }: PublicUrlConfiguration): Fault[] {
  if (isNamed) return [];
  return [
    {
      path: 'CAREWARD_PUBLIC_URL',
      message: 'is missing, and production does not guess it; name the https origin that people use',
    },
  ];
}
