import { z } from 'zod';
import { NewPassword } from './authentication.ts';
import { EmailAddress } from './email.ts';
import { MailedCode } from './invitations.ts';

/** Asks for a new password. */
export const PasswordResetRequest = z.strictObject({ email: EmailAddress }).meta({
  id: 'PasswordResetRequest',
  description: 'The address of the account to choose a new password for.',
});
export type PasswordResetRequest = z.infer<typeof PasswordResetRequest>;

/** Sets a new password with the code that came by mail. */
export const PasswordResetConfirm = z
  .strictObject({ code: MailedCode, newPassword: NewPassword })
  .meta({ id: 'PasswordResetConfirm', description: 'The code from the mail, and the new password.' });
export type PasswordResetConfirm = z.infer<typeof PasswordResetConfirm>;

/** Asks for another e-mail address. */
export const EmailChange = z
  .strictObject({ email: EmailAddress })
  .meta({ id: 'EmailChange', description: 'The new e-mail address, which gets a code.' });
export type EmailChange = z.infer<typeof EmailChange>;

/** Confirms the new e-mail address with the code that it got. */
export const EmailConfirm = z
  .strictObject({ code: MailedCode })
  .meta({ id: 'EmailConfirm', description: 'The code that the new address got.' });
export type EmailConfirm = z.infer<typeof EmailConfirm>;
