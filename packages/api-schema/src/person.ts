import { z } from 'zod';
import { EmailAddress } from './email.ts';
import { PhoneNumber } from './phone.ts';
import { singleLine } from './text.ts';

/** A person's name in any script. `text` is the name as its bearer writes it; the parts are given where they exist. */
export const PersonName = z
  .strictObject({
    text: singleLine(300),
    family: singleLine(200).optional(),
    given: z.array(singleLine(200)).max(20).optional(),
  })
  .meta({
    id: 'PersonName',
    description: 'A name as its bearer writes it, with its parts where they exist.',
  });
export type PersonName = z.infer<typeof PersonName>;

/** A postal address; every part is optional, one has to be there. */
export const PostalAddress = z
  .strictObject({
    lines: z.array(singleLine(300)).max(10).optional(),
    city: singleLine(200).optional(),
    state: singleLine(200).optional(),
    postalCode: singleLine(40).optional(),
    country: singleLine(100).optional(),
  })
  .refine((address) => Object.values(address).some((part) => part !== undefined && part.length > 0), {
    error: 'must have at least one part',
  })
  .meta({ id: 'PostalAddress', description: 'A postal address with at least one part.' });
export type PostalAddress = z.infer<typeof PostalAddress>;

/** How to reach a person. Absent lists are empty ones. */
export const Contacts = z
  .strictObject({
    phones: z.array(PhoneNumber).max(20).default([]),
    emails: z.array(EmailAddress).max(20).default([]),
    addresses: z.array(PostalAddress).max(20).default([]),
  })
  .meta({ id: 'Contacts', description: 'Phone numbers, e-mail addresses and postal addresses.' });
export type Contacts = z.infer<typeof Contacts>;

/** A name that another system gave a person: unique within its `system`, a URI (FHIR R4 Identifier). */
export const Identifier = z
  .strictObject({
    system: singleLine(200).refine((value) => !/[\s|]/u.test(value), 'must be a URI without spaces'),
    value: singleLine(200),
    type: singleLine(100).optional(),
  })
  .meta({ id: 'Identifier', description: 'An identifier within the system that issued it.' });
export type Identifier = z.infer<typeof Identifier>;

/** Administrative gender (FHIR R4 value set administrative-gender). */
export const Gender = z
  .enum(['male', 'female', 'other', 'unknown'])
  .meta({ id: 'Gender', description: 'Administrative gender (FHIR R4).' });
export type Gender = z.infer<typeof Gender>;

/** A US social security number in its stored form, nine digits, or undefined. No range is refused: samples use unissued ones. */
export function normaliseSsn(raw: string): string | undefined {
  const match = /^(\d{3})[- ]?(\d{2})[- ]?(\d{4})$/.exec(raw.trim());
  return match === null ? undefined : match.slice(1).join('');
}

/** A social security number with or without hyphens; the parsed value is nine digits. */
export const Ssn = z
  .string()
  .overwrite((value) => normaliseSsn(value) ?? value)
  .refine((value) => /^\d{9}$/.test(value), 'must be a social security number of nine digits')
  .meta({ id: 'Ssn', description: 'Nine digits, with or without hyphens.' });
