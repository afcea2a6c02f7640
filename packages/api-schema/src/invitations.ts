import { z } from 'zod';
import { DisplayName, NewPassword } from './authentication.ts';
import { EmailAddress } from './email.ts';
import { Uuid } from './ids.ts';
import { pageOf } from './page.ts';
import { ClinicRole } from './roles.ts';
import { Instant } from './time.ts';
import { Roles } from './users.ts';

/** A code as it came by mail, in the fragment of the link. */
export const MailedCode = z.string().min(1).max(200);

/** Offers somebody a place in the clinic. */
export const InvitationCreate = z
  .strictObject({
    email: EmailAddress,
    roles: Roles,
    /** Of the mail; English is the only one there is. */
    language: z.enum(['en']).optional(),
  })
  .meta({ id: 'InvitationCreate', description: 'Offers roles in the clinic to whoever reads this address.' });
export type InvitationCreate = z.infer<typeof InvitationCreate>;

/** An invitation that was sent. The same whether or not the address has an account. */
export const InvitationSent = z
  .strictObject({ id: Uuid, expiresAt: Instant })
  .meta({ id: 'InvitationSent', description: 'An invitation that is on its way by mail.' });
export type InvitationSent = z.infer<typeof InvitationSent>;

/** An invitation that can still be accepted. */
export const Invitation = z
  .strictObject({
    id: Uuid,
    email: z.string(),
    roles: z.array(ClinicRole),
    createdAt: Instant,
    expiresAt: Instant,
  })
  .meta({ id: 'Invitation', description: 'An invitation that can still be accepted.' });
export type Invitation = z.infer<typeof Invitation>;

/** A page of open invitations. */
export const InvitationPage = pageOf(Invitation, 'InvitationPage');
export type InvitationPage = z.infer<typeof InvitationPage>;

/** Accepts an invitation by making an account. */
export const InvitationAccept = z
  .strictObject({ code: MailedCode, displayName: DisplayName, password: NewPassword })
  .meta({ id: 'InvitationAccept', description: 'Makes the account that an invitation offers.' });
export type InvitationAccept = z.infer<typeof InvitationAccept>;

/** Accepts an invitation with the account that one is signed in with. */
export const InvitationAcceptSignedIn = z
  .strictObject({ code: MailedCode })
  .meta({ id: 'InvitationAcceptSignedIn', description: 'Accepts an invitation with the own account.' });
export type InvitationAcceptSignedIn = z.infer<typeof InvitationAcceptSignedIn>;

/** The account that a code from a mail has made. */
export const AccountMade = z
  .strictObject({ accountId: Uuid })
  .meta({ id: 'AccountMade', description: 'The account that was made; sign in with it.' });
export type AccountMade = z.infer<typeof AccountMade>;
