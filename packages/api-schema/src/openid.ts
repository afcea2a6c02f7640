/** Signing in by another identity provider (OpenID Connect), and the identities that a person has linked. */
import { z } from 'zod';
import { Uuid } from './ids.ts';
import { Instant } from './time.ts';

/** Names a provider in paths. */
export const OpenidProviderId = z
  .string()
  .regex(/^[a-z0-9-]{1,40}$/, 'must be the id of a provider')
  .meta({ id: 'OpenidProviderId', description: 'Names a provider of OpenID Connect.' });

const Transaction = z.string().regex(/^[A-Za-z0-9_-]{74}$/, 'must be the value that the start answered');
const Code = z.string().min(1).max(4_096);
const State = z.string().min(1).max(200);
const Issuer = z.string().min(1).max(500);
const DeviceToken = z.string().min(1).max(300);

/** Where a person may be sent after signing in: pages of this server, and no others. */
const OwnPage = z.enum(['/account']);

/** The providers by which people may sign in. */
export const OpenidProviderList = z
  .strictObject({ items: z.array(z.strictObject({ id: OpenidProviderId, name: z.string() })) })
  .meta({ id: 'OpenidProviderList', description: 'The providers by which people may sign in.' });
export type OpenidProviderList = z.infer<typeof OpenidProviderList>;

/** Begins to sign in by a provider. */
export const OpenidStart = z
  .strictObject({ returnTo: OwnPage.default('/account') })
  .meta({ id: 'OpenidStart', description: 'Begins at a provider; `returnTo` is a page of this server.' });
export type OpenidStart = z.infer<typeof OpenidStart>;

/** Where to send the browser, and the secret to come back with. */
export const OpenidStarted = z
  .strictObject({
    authorizationUrl: z.string(),
    transaction: z.string(),
    expiresIn: z.int().positive(),
    returnTo: OwnPage,
  })
  .meta({
    id: 'OpenidStarted',
    description:
      'Where to send the browser, and the secret that has to come back with the answer, once, within `expiresIn` seconds.',
  });
export type OpenidStarted = z.infer<typeof OpenidStarted>;

/** What the provider sent back with the browser (RFC 6749, 4.1.2; RFC 9207), and the secret of the attempt. */
export const OpenidFinish = z
  .strictObject({
    transaction: Transaction,
    code: Code,
    state: State,
    iss: Issuer.optional(),
    clinicId: Uuid.optional(),
    deviceToken: DeviceToken.optional(),
  })
  .meta({ id: 'OpenidFinish', description: 'The answer of the provider, with the secret of the attempt.' });
export type OpenidFinish = z.infer<typeof OpenidFinish>;

/** As {@link OpenidFinish}, to link the identity to the own account. */
export const OpenidLinkFinish = OpenidFinish.omit({ clinicId: true, deviceToken: true }).meta({
  id: 'OpenidLinkFinish',
  description: 'The answer of the provider whose identity is to be linked.',
});
export type OpenidLinkFinish = z.infer<typeof OpenidLinkFinish>;

/** The identities of other providers that open the own account. */
export const LinkedIdentityList = z
  .strictObject({
    items: z.array(z.strictObject({ provider: OpenidProviderId, name: z.string(), linkedAt: Instant })),
  })
  .meta({ id: 'LinkedIdentityList', description: 'The identities that open the own account.' });
export type LinkedIdentityList = z.infer<typeof LinkedIdentityList>;
