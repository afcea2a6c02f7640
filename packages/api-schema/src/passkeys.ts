/**
 * Passkeys on the wire: the JSON forms of WebAuthn Level 3 (sections 5.1.8 to 5.1.10), and what people see of theirs. Options are
 * answers, so every member that a browser needs stands here; of what browsers send, members that Careward does not read are taken
 * and left alone.
 */
import { z } from 'zod';
import { Uuid } from './ids.ts';
import { singleLine } from './text.ts';
import { Instant } from './time.ts';

const base64url = (max: number) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, 'must be base64url without padding')
    .max(max);

/** Names a passkey; its device chose it. */
export const PasskeyCredentialId = base64url(1_400).meta({
  id: 'PasskeyCredentialId',
  description: 'Names a passkey.',
});
const ClientData = base64url(4_096);
const Transports = z.array(z.string().regex(/^[a-z-]{1,20}$/, 'must be a transport of WebAuthn')).max(10);
const Extensions = z.record(z.string().max(100), z.unknown());
const Attachment = z.enum(['platform', 'cross-platform']);
const Challenge = z.string().min(1).max(200);

/** A name that tells one's passkeys apart. */
const PasskeyLabel = singleLine(200);

const Descriptor = z.strictObject({
  id: z.string(),
  type: z.literal('public-key'),
  transports: z.array(z.string()).optional(),
});

/** What `navigator.credentials.create` is asked for. */
export const PasskeyCreationOptions = z
  .strictObject({
    rp: z.strictObject({ id: z.string(), name: z.string() }),
    user: z.strictObject({ id: z.string(), name: z.string(), displayName: z.string() }),
    challenge: z.string(),
    pubKeyCredParams: z.array(z.strictObject({ type: z.literal('public-key'), alg: z.int() })),
    timeout: z.int(),
    attestation: z.literal('none'),
    excludeCredentials: z.array(Descriptor),
    authenticatorSelection: z.strictObject({
      residentKey: z.string(),
      requireResidentKey: z.boolean(),
      userVerification: z.string(),
    }),
  })
  .meta({
    id: 'PasskeyCreationOptions',
    description: 'PublicKeyCredentialCreationOptionsJSON; good for five minutes, once.',
  });
export type PasskeyCreationOptions = z.infer<typeof PasskeyCreationOptions>;

/** What `navigator.credentials.get` is asked for. */
export const PasskeyRequestOptions = z
  .strictObject({
    challenge: z.string(),
    rpId: z.string(),
    timeout: z.int(),
    userVerification: z.string(),
    allowCredentials: z.array(Descriptor),
  })
  .meta({
    id: 'PasskeyRequestOptions',
    description: 'PublicKeyCredentialRequestOptionsJSON; good for five minutes, once.',
  });
export type PasskeyRequestOptions = z.infer<typeof PasskeyRequestOptions>;

/** What a browser answers to creation options. */
export const PasskeyRegistration = z
  .strictObject({
    id: PasskeyCredentialId,
    rawId: PasskeyCredentialId,
    type: z.literal('public-key'),
    response: z.strictObject({
      clientDataJSON: ClientData,
      attestationObject: base64url(32_768),
      transports: Transports.optional(),
      authenticatorData: base64url(16_384).optional(),
      publicKey: base64url(8_192).optional(),
      publicKeyAlgorithm: z.int().optional(),
    }),
    authenticatorAttachment: Attachment.nullish(),
    clientExtensionResults: Extensions,
  })
  .meta({ id: 'PasskeyRegistration', description: 'RegistrationResponseJSON of a browser.' });
export type PasskeyRegistration = z.infer<typeof PasskeyRegistration>;

/** What a browser answers to request options. */
export const PasskeyAssertion = z
  .strictObject({
    id: PasskeyCredentialId,
    rawId: PasskeyCredentialId,
    type: z.literal('public-key'),
    response: z.strictObject({
      clientDataJSON: ClientData,
      authenticatorData: base64url(16_384),
      signature: base64url(8_192),
      userHandle: base64url(100).nullish(),
    }),
    authenticatorAttachment: Attachment.nullish(),
    clientExtensionResults: Extensions,
  })
  .meta({ id: 'PasskeyAssertion', description: 'AuthenticationResponseJSON of a browser.' });
export type PasskeyAssertion = z.infer<typeof PasskeyAssertion>;

/** Signs in with a passkey alone. */
export const PasskeySignInRequest = z
  .strictObject({
    response: PasskeyAssertion,
    clinicId: Uuid.optional(),
    deviceToken: z.string().min(1).max(300).optional(),
  })
  .meta({
    id: 'PasskeySignInRequest',
    description: 'A passkey as the only factor, optionally the clinic to work in.',
  });
export type PasskeySignInRequest = z.infer<typeof PasskeySignInRequest>;

/** Names the sign-in that goes on. */
export const PasskeyChallengeRequest = z.strictObject({ challenge: Challenge }).meta({
  id: 'PasskeyChallengeRequest',
  description: 'The sign-in that goes on, as its first step answered it.',
});
export type PasskeyChallengeRequest = z.infer<typeof PasskeyChallengeRequest>;

/** A passkey as second factor. */
export const PasskeySecondFactorRequest = z
  .strictObject({ challenge: Challenge, response: PasskeyAssertion })
  .meta({ id: 'PasskeySecondFactorRequest', description: 'A passkey as second factor of a sign-in.' });
export type PasskeySecondFactorRequest = z.infer<typeof PasskeySecondFactorRequest>;

/** The first passkey of a person who needs a second factor to sign in. */
export const PasskeyEnrolmentRequest = z
  .strictObject({ challenge: Challenge, label: PasskeyLabel, response: PasskeyRegistration })
  .meta({ id: 'PasskeyEnrolmentRequest', description: 'A first passkey, as part of a sign-in.' });
export type PasskeyEnrolmentRequest = z.infer<typeof PasskeyEnrolmentRequest>;

/** Proves again who is signed in. */
export const PasskeyProof = z
  .strictObject({ response: PasskeyAssertion })
  .meta({ id: 'PasskeyProof', description: 'A passkey of the person who is signed in.' });
export type PasskeyProof = z.infer<typeof PasskeyProof>;

/** A passkey to add to the own account. */
export const PasskeyCreate = z
  .strictObject({ label: PasskeyLabel, response: PasskeyRegistration })
  .meta({ id: 'PasskeyCreate', description: 'A passkey to add to the own account.' });
export type PasskeyCreate = z.infer<typeof PasskeyCreate>;

/** One of the own passkeys. `backedUp`: its provider keeps copies on several devices. */
export const Passkey = z
  .strictObject({
    credentialId: z.string(),
    label: z.string(),
    backedUp: z.boolean(),
    createdAt: Instant,
    lastUsedAt: Instant.nullable(),
  })
  .meta({ id: 'Passkey', description: 'One of the own passkeys.' });
export type Passkey = z.infer<typeof Passkey>;

/** All of the own passkeys, the oldest first. */
export const PasskeyList = z
  .strictObject({ items: z.array(Passkey) })
  .meta({ id: 'PasskeyList', description: 'All of the own passkeys.' });
export type PasskeyList = z.infer<typeof PasskeyList>;
