import { z } from 'zod';
import { EmailAddress } from './email.ts';
import { Uuid } from './ids.ts';
import { ClinicRole, PlatformRole } from './roles.ts';
import { passwordText, singleLine } from './text.ts';

/** The shortest password an account may be given, beside a second factor; alone it has to be longer. The server's policy decides. */
export const MIN_PASSWORD_LENGTH = 8;

/** A name to show, for a person or a clinic: any Unicode, 1 to 200. */
export const DisplayName = singleLine(200);

/** A password that is being set: of any kind of characters (NIST SP 800-63B-4 section 3.1.1.2). The server's policy judges the rest. */
export const NewPassword = passwordText(MIN_PASSWORD_LENGTH);

/** Creates the first SUPER_ADMIN, once, with the one-time code that the server printed at its first start. */
export const SetupRequest = z
  .strictObject({
    code: z.string().min(1).max(200),
    email: EmailAddress,
    password: NewPassword,
    displayName: DisplayName,
  })
  .meta({ id: 'SetupRequest', description: 'Creates the first administrator with the one-time code.' });
export type SetupRequest = z.infer<typeof SetupRequest>;

/** The account of the first administrator. */
export const SetupResult = z
  .strictObject({ accountId: Uuid })
  .meta({ id: 'SetupResult', description: 'The account of the first administrator.' });
export type SetupResult = z.infer<typeof SetupResult>;

/**
 * Signs in. `clinicId` makes the token carry that clinic; membership is still checked on every request. `deviceToken`: what the last
 * sign-in on this device gave; browsers have it as a cookie.
 */
export const SignInRequest = z
  .strictObject({
    email: EmailAddress,
    password: passwordText(1),
    clinicId: Uuid.optional(),
    deviceToken: z.string().min(1).max(300).optional(),
  })
  .meta({
    id: 'SignInRequest',
    description: 'E-mail address and password, optionally the clinic to work in.',
  });
export type SignInRequest = z.infer<typeof SignInRequest>;

/**
 * An access token (RFC 6750 section 2.1, RFC 9449 section 5) and the refresh token that replaces it. Lifetimes in seconds. A browser
 * gets both tokens as cookies, and neither here.
 */
export const TokenResponse = z
  .strictObject({
    accessToken: z.string().optional(),
    tokenType: z.enum(['Bearer', 'DPoP']),
    expiresIn: z.int().positive(),
    refreshToken: z.string().optional(),
    refreshExpiresIn: z.int().positive(),
  })
  .meta({ id: 'TokenResponse', description: 'Access and refresh token; lifetimes in seconds.' });
export type TokenResponse = z.infer<typeof TokenResponse>;

/** Exchanges a refresh token; it works once. Browsers send theirs as a cookie. `clinicId` changes the clinic that the token names. */
export const RefreshRequest = z
  .strictObject({ refreshToken: z.string().min(1).max(4096).optional(), clinicId: Uuid.optional() })
  .meta({ id: 'RefreshRequest', description: 'A refresh token, good for one exchange.' });
export type RefreshRequest = z.infer<typeof RefreshRequest>;

/** Who is signed in, and where with which roles. */
export const Me = z
  .strictObject({
    account: z.strictObject({ id: Uuid, email: z.string(), displayName: z.string() }),
    platformRole: PlatformRole.nullable(),
    memberships: z.array(
      z.strictObject({ clinicId: Uuid, clinicName: z.string(), roles: z.array(ClinicRole) }),
    ),
  })
  .meta({ id: 'Me', description: 'The signed-in account with its memberships.' });
export type Me = z.infer<typeof Me>;
