import { z } from 'zod';
import { DisplayName, NewPassword } from './authentication.ts';
import { EmailAddress } from './email.ts';
import { Uuid } from './ids.ts';
import { MailedCode } from './invitations.ts';

/** Asks for a patient's account at a clinic that lets patients register. Name and password are chosen by whoever reads the mail. */
export const RegistrationCreate = z
  .strictObject({ clinicId: Uuid, email: EmailAddress })
  .meta({ id: 'RegistrationCreate', description: "Asks for a patient's account at a clinic." });
export type RegistrationCreate = z.infer<typeof RegistrationCreate>;

/** Makes the account of whoever reads the address of a registration. */
export const RegistrationVerify = z
  .strictObject({ code: MailedCode, displayName: DisplayName, password: NewPassword })
  .meta({ id: 'RegistrationVerify', description: 'Makes the account that a registration asked for.' });
export type RegistrationVerify = z.infer<typeof RegistrationVerify>;
