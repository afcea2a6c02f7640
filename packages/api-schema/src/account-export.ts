import { z } from 'zod';
import { Uuid } from './ids.ts';
import { pageOf } from './page.ts';
import { ClinicRole, PlatformRole } from './roles.ts';
import { Session } from './sessions.ts';
import { Instant } from './time.ts';
import { User } from './users.ts';

/** Everything that is kept about the own account, without secrets. */
export const AccountExport = z
  .strictObject({
    account: z.strictObject({
      id: Uuid,
      email: z.string(),
      displayName: z.string(),
      platformRole: PlatformRole.nullable(),
      hasPassword: z.boolean(),
      emailVerifiedAt: Instant.nullable(),
      createdAt: Instant,
    }),
    memberships: z.array(
      z.strictObject({ clinicId: Uuid, clinicName: z.string(), roles: z.array(ClinicRole) }),
    ),
    factors: z.strictObject({
      authenticatorApp: z.strictObject({ addedAt: Instant }).nullable(),
      recoveryCodesLeft: z.int().min(0),
      passkeys: z.array(
        z.strictObject({
          label: z.string(),
          backedUp: z.boolean(),
          addedAt: Instant,
          lastUsedAt: Instant.nullable(),
        }),
      ),
    }),
    devices: z.array(z.strictObject({ id: Uuid, label: z.string(), addedAt: Instant, lastUsedAt: Instant })),
    sessions: z.array(Session),
    securityEvents: z.array(
      z.strictObject({
        id: Uuid,
        kind: z.string(),
        address: z.string().nullable(),
        client: z.string().nullable(),
        sessionId: Uuid.nullable(),
        at: Instant,
      }),
    ),
    linkedIdentities: z.array(z.strictObject({ issuer: z.string(), subject: z.string(), linkedAt: Instant })),
  })
  .meta({ id: 'AccountExport', description: 'What is kept about the own account, without secrets.' });
export type AccountExport = z.infer<typeof AccountExport>;

/** A user of the clinic with what the clinic may know of how they sign in. */
export const ExportedUser = User.extend({
  emailVerified: z.boolean(),
  hasSecondFactor: z.boolean(),
}).meta({ id: 'ExportedUser', description: 'A user of the clinic, for a report on who has access.' });
export type ExportedUser = z.infer<typeof ExportedUser>;

/** A page of {@link ExportedUser}. */
export const ExportedUserPage = pageOf(ExportedUser, 'ExportedUserPage');
export type ExportedUserPage = z.infer<typeof ExportedUserPage>;
