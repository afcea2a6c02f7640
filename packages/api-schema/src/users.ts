import { z } from 'zod';
import { DisplayName, NewPassword } from './authentication.ts';
import { Uuid } from './ids.ts';
import { pageOf } from './page.ts';
import { ClinicRole } from './roles.ts';
import { passwordText } from './text.ts';
import { Instant } from './time.ts';

/** Roles in one clinic, each once. */
export const Roles = z
  .array(ClinicRole)
  .min(1)
  .refine((roles) => new Set(roles).size === roles.length, 'must not name a role twice')
  .meta({ maxItems: ClinicRole.options.length, uniqueItems: true });

/** Replaces the own password. */
export const PasswordChange = z
  .strictObject({ currentPassword: passwordText(1), newPassword: NewPassword })
  .meta({ id: 'PasswordChange', description: 'Replaces the own password.' });
export type PasswordChange = z.infer<typeof PasswordChange>;

/** A user with the roles held in the clinic that was asked. */
export const User = z
  .strictObject({
    id: Uuid,
    email: z.string(),
    displayName: z.string(),
    status: z.enum(['active', 'disabled']),
    roles: z.array(ClinicRole),
    createdAt: Instant,
  })
  .meta({ id: 'User', description: 'A user with the roles held in the clinic.' });
export type User = z.infer<typeof User>;

/** A page of users. */
export const UserPage = pageOf(User, 'UserPage');
export type UserPage = z.infer<typeof UserPage>;

/** The roles that a person is to have in the clinic; none removes them from it. */
export const UserRoles = z
  .strictObject({
    roles: z
      .array(ClinicRole)
      .refine((roles) => new Set(roles).size === roles.length, 'must not name a role twice')
      .meta({ maxItems: ClinicRole.options.length, uniqueItems: true }),
  })
  .meta({
    id: 'UserRoles',
    description: 'The roles that a person is to have in the clinic, in place of the present ones.',
  });
export type UserRoles = z.infer<typeof UserRoles>;

/** Lets an account sign in, or not. */
export const UserStatus = z
  .strictObject({ status: z.enum(['active', 'disabled']) })
  .meta({ id: 'UserStatus', description: 'Whether the account may be used.' });
export type UserStatus = z.infer<typeof UserStatus>;

/** What a person changes of their own account without further proof. */
export const MeUpdate = z
  .strictObject({ displayName: DisplayName })
  .meta({ id: 'MeUpdate', description: 'The own display name.' });
export type MeUpdate = z.infer<typeof MeUpdate>;
