// What may stand in the envelope and the headers of a mail.
//
// Defends mail from being sent to somebody who was not meant, and its headers from being written by a stranger: an address with a
// line break ends the header it stands in, one with a comma or angle brackets is read as several. Whatever else accepted the
// address, nothing but exactly one plain address passes here.
// Does not check that anybody reads it.
import { mailErrors } from './mail.errors.ts';

const PLAIN = /^[^\s"(),:;<>@[\]\\\p{C}]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}.-]{0,251}[\p{L}\p{N}\p{M}])$/u;
const LINE = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,200}$/u;

/** The address itself when it is exactly one, or `mail-address-refused`. */
export function requirePlainAddress(address: string): string {
  if (address.length > 254 || !PLAIN.test(address)) throw mailErrors.error('mail-address-refused');
  return address;
}

/** A subject of one line, without characters that hide or turn others; anything else is a fault of whoever wrote the template. */
export function requireSubject(subject: string): string {
  if (!LINE.test(subject)) throw new TypeError('a subject is one line of at most 200 visible characters');
  return subject;
}
