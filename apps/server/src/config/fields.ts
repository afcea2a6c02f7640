// The kinds of value that a variable can hold.
//
// Every message is fixed text that says what is wrong and what to do. None repeats the value: a value in the wrong variable is
// often a secret, and messages end in terminals and log collectors.
import { resolve } from 'node:path';
import { Secret } from '@careward/kernel';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

const EMPTY = 'is set but empty; give it a value or unset it';

/** Any text that is not empty. */
export function text(): z.ZodString {
  return z
    .string({ error: 'is missing; set it' })
    .min(1, { error: EMPTY, abort: true })
    .refine((value) => !value.includes('\0'), { error: 'holds a NUL character; remove it', abort: true });
}

/** A whole number in decimal digits, both ends included. */
export function wholeNumber(minimum: number, maximum: number) {
  const error = `must be a whole number from ${minimum} to ${maximum}; write it in digits only`;
  return text()
    .regex(/^(?:0|[1-9]\d{0,14})$/, { error, abort: true })
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, { error });
}

/** `true` or `false`, nothing else: `1`, `yes` and `TRUE` are refused rather than guessed at. */
export function flag() {
  return text()
    .refine((value) => value === 'true' || value === 'false', {
      error: 'must be true or false; write one of the two in lower case',
      abort: true,
    })
    .transform((value) => value === 'true');
}

/** One of a few words. */
export function oneOf<const W extends readonly [string, ...string[]]>(words: W) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}; choose one of them` });
}

/** A path, made absolute from the working directory. Whether it exists is asked elsewhere. */
export function path() {
  return text().transform((value) => resolve(value));
}

/** A URL with one of the schemes, kept as a Secret since it may hold a password. */
export function secretUrl(schemes: readonly string[]) {
  return text()
    .refine((value) => hasScheme(value, schemes), {
      error: `must be a URL that starts with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}; correct it`,
      abort: true,
    })
    .transform((value) => Secret.of(value));
}

/** An IP address or a host name. */
export function host() {
  return text().refine((value) => ipaddr.isValid(value) || /^[a-z0-9](?:[a-z0-9.-]{0,252})$/i.test(value), {
    error: 'must be an IP address or a host name; for example 127.0.0.1',
  });
}

/** Entries divided by commas; spaces around an entry are dropped, an empty entry is a fault. */
export function list(isEntry: (entry: string) => boolean, error: string) {
  return text()
    .transform((value) => value.split(',').map((entry) => entry.trim()))
    .refine((entries) => entries.every(isEntry), { error });
}

function hasScheme(value: string, schemes: readonly string[]): boolean {
  return URL.canParse(value) && schemes.includes(new URL(value).protocol);
}
