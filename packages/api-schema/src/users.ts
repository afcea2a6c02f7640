import { z } from 'zod';
import { DisplayName, NewPassword } from './authentication.ts';
import { EmailAddress } from './email.ts';
import { Uuid } from './ids.ts';
import { pageOf } from './page.ts';
import { ClinicRole } from './roles.ts';
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
