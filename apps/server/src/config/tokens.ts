// Keys of access tokens, and the tokens of an older system while it is being left.
//
// Defends against a shared secret that stays in use for ever: tokens of the older issuer count until a date that has to be named, and that
// is near. Against one that can be guessed or read by others of the machine: it lies in a private file and has at least 256 bits.
// Does not know how random the secret is; only the one who made it does.
import { type Fault, Secret, systemClock } from '@careward/kernel';
import { z } from 'zod';
import { concern } from './concern.ts';
import { path, text, wholeNumber } from './fields.ts';
import { readPrivateText } from './private-text-file.ts';

/** An older issuer whose HS256 tokens still count. */
export interface LegacyIssuer {
  readonly secret: Secret<Buffer>;
  readonly issuer: string;
  readonly audience: string;
  /** Epoch milliseconds from which none of its tokens counts. */
  readonly until: number;
}

/** How access tokens are signed, and whose older ones are taken. */
export interface TokensConfiguration {
  /** After this a signing key is followed by another one. Milliseconds. */
  readonly keyMs: number;
  readonly legacySecret: Secret<Buffer> | undefined;
  readonly legacyIssuer: string;
  readonly legacyAudience: string;
  readonly legacyUntil: number | undefined;
}

const DAY_MS = 86_400_000;
const LONGEST_MIGRATION_DAYS = 180;
const LEAST_SECRET_BYTES = 32;
/** Fewer different bytes are a repeated word and no secret. */
const LEAST_DIFFERENT_BYTES = 8;

const name = () =>
  text().regex(/^[\x21-\x7e]{1,200}$/, { error: 'must be 1 to 200 ASCII characters without space' });

/** Reads {@link TokensConfiguration}. */
export const tokensConcern = concern(
  {
    CAREWARD_TOKEN_KEY_DAYS: wholeNumber(1, 90).default(30),
    CAREWARD_LEGACY_TOKEN_SECRET_FILE: path()
      .transform((file, context) => {
        const read = readSecret(file);
        if (read instanceof Secret) return read;
        context.addIssue({ code: 'custom', message: `names a file that ${read}` });
        return z.NEVER;
      })
      .optional(),
    CAREWARD_LEGACY_TOKEN_ISSUER: name().default('healthcare-system'),
    CAREWARD_LEGACY_TOKEN_AUDIENCE: name().default('healthcare-users'),
    CAREWARD_LEGACY_TOKENS_UNTIL: text()
      .pipe(z.iso.date({ error: 'must be a date, which begins in UTC; for example 2027-01-31' }))
      .transform((date) => Date.parse(date))
      .optional(),
  },
  (values): TokensConfiguration => ({
    keyMs: values.CAREWARD_TOKEN_KEY_DAYS * DAY_MS,
    legacySecret: values.CAREWARD_LEGACY_TOKEN_SECRET_FILE,
    legacyIssuer: values.CAREWARD_LEGACY_TOKEN_ISSUER,
    legacyAudience: values.CAREWARD_LEGACY_TOKEN_AUDIENCE,
    legacyUntil: values.CAREWARD_LEGACY_TOKENS_UNTIL,
  }),
);

/** The older issuer, where there is one. */
export function legacyIssuerOf(tokens: TokensConfiguration): LegacyIssuer | undefined {
  const { legacySecret: secret, legacyUntil: until, legacyIssuer: issuer, legacyAudience: audience } = tokens;
  return secret === undefined || until === undefined ? undefined : { secret, issuer, audience, until };
}

/** Secret and date belong together, and the date is near. */
export function legacyTokenFaults(
  { legacySecret, legacyUntil }: TokensConfiguration,
  now = systemClock.now(),
): Fault[] {
  const path = 'CAREWARD_LEGACY_TOKENS_UNTIL';
  if (legacySecret === undefined) {
    if (legacyUntil === undefined) return [];
    return [{ path, message: 'ends tokens that are not taken; name their secret as well, or unset it' }];
  }
  if (legacyUntil === undefined)
    return [
      { path, message: 'is missing beside the secret; name the day from which none of these tokens counts' },
    ];
  if (legacyUntil <= now)
    return [
      { path, message: 'is over; unset it and CAREWARD_LEGACY_TOKEN_SECRET_FILE, and delete the secret' },
    ];
  if (legacyUntil > now + LONGEST_MIGRATION_DAYS * DAY_MS)
    return [{ path, message: `is too far away; name a day within ${LONGEST_MIGRATION_DAYS} days` }];
  return [];
}

/** The secret of a file without the line's end, or what is wrong with it. */
function readSecret(file: string): Secret<Buffer> | string {
  const read = readPrivateText(file);
  if ('fault' in read) return read.fault;
  const bytes = Buffer.from(read.text.replace(/\r?\n$/, ''), 'utf8');
  if (bytes.length < LEAST_SECRET_BYTES)
    return `holds fewer than ${LEAST_SECRET_BYTES} bytes; HS256 needs 256 bits`;
  if (new Set(bytes).size < LEAST_DIFFERENT_BYTES) return 'holds a repetition and no secret';
  if (/-----BEGIN/.test(read.text)) return 'holds a key in PEM form; HS256 needs a secret';
  return Secret.of(bytes);
}
