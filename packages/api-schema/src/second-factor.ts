import { z } from 'zod';
import { Uuid } from './ids.ts';
import { pageOf } from './page.ts';
import { Instant } from './time.ts';

/** A new authenticator app, not yet confirmed: the secret (base32) and the same as a link for a QR code. Shown this once. */
export const TotpEnrolment = z
  .strictObject({ secret: z.string(), otpauthUri: z.string() })
  .meta({ id: 'TotpEnrolment', description: 'The secret of a new authenticator app.' });
export type TotpEnrolment = z.infer<typeof TotpEnrolment>;

/** The first code of a new authenticator app. */
export const TotpConfirm = z
  .strictObject({ code: z.string().regex(/^\d{6}$/, 'must be six digits') })
  .meta({ id: 'TotpConfirm', description: 'The first code of a new authenticator app.' });
export type TotpConfirm = z.infer<typeof TotpConfirm>;

/** Recovery codes to be kept on paper. Each works once; shown this once. */
export const RecoveryCodes = z
  .strictObject({ recoveryCodes: z.array(z.string()) })
  .meta({ id: 'RecoveryCodes', description: 'New recovery codes; the ones before are void.' });
export type RecoveryCodes = z.infer<typeof RecoveryCodes>;

/** The second factors of the own account. `required`: a role needs one. */
export const SecondFactors = z
  .strictObject({
    totp: z.strictObject({ confirmedAt: Instant }).nullable(),
    passkeys: z.int().min(0),
    recoveryCodesLeft: z.int().min(0),
    required: z.boolean(),
  })
  .meta({ id: 'SecondFactors', description: 'The second factors of the own account.' });
export type SecondFactors = z.infer<typeof SecondFactors>;

/** A device on which the account has signed in. */
export const KnownDevice = z
  .strictObject({ id: Uuid, label: z.string(), createdAt: Instant, lastUsedAt: Instant })
  .meta({ id: 'KnownDevice', description: 'A device on which the account has signed in.' });
export type KnownDevice = z.infer<typeof KnownDevice>;

/** The devices of the own account, the last used first. */
export const KnownDeviceList = z
  .strictObject({ devices: z.array(KnownDevice) })
  .meta({ id: 'KnownDeviceList', description: 'The devices of the own account.' });
export type KnownDeviceList = z.infer<typeof KnownDeviceList>;

/** Something that happened to the own account. `address` and `agent` as the request had them. */
export const SecurityEvent = z
  .strictObject({
    id: Uuid,
    kind: z.string(),
    at: Instant,
    address: z.string().nullable(),
    agent: z.string().nullable(),
    sessionId: Uuid.nullable(),
  })
  .meta({ id: 'SecurityEvent', description: 'Something that happened to the own account.' });
export type SecurityEvent = z.infer<typeof SecurityEvent>;

/** A page of the last 30 days, the newest first. */
export const SecurityEventPage = pageOf(SecurityEvent, 'SecurityEventPage');
export type SecurityEventPage = z.infer<typeof SecurityEventPage>;
