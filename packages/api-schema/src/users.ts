import { z } from 'zod';
import { DisplayName, NewPassword } from './authentication.ts';
import { EmailAddress } from './email.ts';
import { Uuid } from './ids.ts';
import { pageOf } from './page.ts';
import { ClinicRole } from './roles.ts';
import { passwordText } from './text.ts';
import { Instant } from './time.ts';

const Roles = z
  .array(ClinicRole)
  .min(1)
  .refine((roles) => new Set(roles).size === roles.length, 'must not name a role twice')
  .meta({ maxItems: ClinicRole.options.length, uniqueItems: true });

/** A user of the clinic to create. */
export const UserCreate = z
  .strictObject({
    email: EmailAddress,
    displayName: DisplayName,
    password: NewPassword,
    roles: Roles,
  })
  .meta({ id: 'UserCreate', description: 'A user of the clinic to create.' });
export type UserCreate = z.infer<typeof UserCreate>;

/** A code that the signed-in person gives to a clinic, so that it may give roles to the person's account. Good once, for minutes. */
export const JoinCode = z
  .strictObject({ code: z.string(), expiresAt: Instant })
  .meta({ id: 'JoinCode', description: 'Lets a clinic give roles to the own account, once.' });
export type JoinCode = z.infer<typeof JoinCode>;

/** Gives roles to somebody who has an account already, by the code that they made. */
export const UserJoin = z
  .strictObject({ code: z.string().min(1).max(200), roles: Roles })
  .meta({ id: 'UserJoin', description: 'Roles for an existing account, by its join code.' });
export type UserJoin = z.infer<typeof UserJoin>;

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
