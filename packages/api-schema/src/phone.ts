import { z } from 'zod';

const SEPARATORS = /[\s().\-/\u2010-\u2015\u2212]+/gu;
const PHONE = /^(?:\+[1-9]\d{3,14}|\d{4,15})$/;

/**
 * A phone number in its stored form: digits, with a leading + when international (ITU-T E.164), 4 to 15 digits when national.
 * Spaces, hyphens, dots, slashes and brackets go. Answers undefined for what is no number, extensions and letters included.
 */
export function normalisePhone(raw: string): string | undefined {
  if (raw.length > 64) return undefined;
  const bare = raw.normalize('NFKC').replace(SEPARATORS, '');
  return PHONE.test(bare) ? bare : undefined;
}

/** A phone number in any usual spelling; the parsed value is in its stored form. */
export const PhoneNumber = z
  .string()
  .overwrite((value) => normalisePhone(value) ?? value)
  .refine((value) => PHONE.test(value), 'must be a phone number of 4 to 15 digits')
  .meta({ id: 'PhoneNumber', description: 'E.164 with a leading +, or 4 to 15 national digits.' });
