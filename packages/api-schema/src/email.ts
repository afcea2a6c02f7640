import { z } from 'zod';

const LOCAL = String.raw`(?!\.)(?!\S*\.\.)(?!\S*\.@)[^\s@"(),:;<>[\]\\\p{C}]{1,64}`;
const LABEL = String.raw`[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?`;
const EMAIL = new RegExp(`^${LOCAL}@(?:${LABEL}\\.){1,8}${LABEL}$`, 'u');

/**
 * An e-mail address in the one form in which accounts are compared: trimmed, lower case in both parts, NFC. Lower-casing the
 * local part is stricter than RFC 5321 section 2.4: two accounts that differ by case only would be a trap for people.
 * Answers undefined for what is no address; quoted local parts, comments and single-label domains count as none.
 */
export function normaliseEmail(raw: string): string | undefined {
  if (raw.length > 320) return undefined;
  const folded = raw.normalize('NFC').trim().toLowerCase().normalize('NFC');
  return isEmail(folded) ? folded : undefined;
}

/** An e-mail address; the parsed value is in its compared form. */
export const EmailAddress = z
  .string()
  .overwrite((value) => normaliseEmail(value) ?? value)
  .refine(isEmail, 'must be an e-mail address')
  .meta({ id: 'EmailAddress', description: 'Compared without regard to case.', format: 'email' });

function isEmail(value: string): boolean {
  return value.length <= 254 && EMAIL.test(value);
}
