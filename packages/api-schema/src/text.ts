/**
 * Text that people write. Takes every script there is; refuses what is not text: control characters, lone surrogates, and in
 * names the marks that reverse the reading order of what stands beside them. Nothing is escaped here: output is encoded where it
 * is shown.
 */
import { z } from 'zod';

const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;
const CONTROL = /\p{Cc}/u;
const CONTROL_BUT_LINES = /[^\P{Cc}\t\n\r]/u;
const LINE_OR_DIRECTION = /[\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/**
 * One line of 1 to `max` code points, for names and titles: normalised to NFC (UAX 15), without surrounding white space.
 * Refuses control characters, line and paragraph separators, bidirectional embeddings and overrides (UAX 9), lone surrogates,
 * and text in which nothing can be seen.
 */
export function singleLine(max: number) {
  return z
    .string()
    .normalize('NFC')
    .trim()
    .refine((value) => isSingleLine(value), 'must be one line of visible text without control characters')
    .refine((value) => hasAtMost(value, max), `must have at most ${max} characters`)
    .meta({ minLength: 1, maxLength: max });
}

/**
 * Text of 1 to `max` code points that may have lines and tabs, for clinical notes: normalised to NFC, otherwise kept as given.
 * Refuses other control characters, lone surrogates, and text in which nothing can be seen.
 */
export function multiLine(max: number) {
  return z
    .string()
    .normalize('NFC')
    .refine((value) => isMultiLine(value), 'must be visible text without control characters')
    .refine((value) => hasAtMost(value, max), `must have at most ${max} characters`)
    .meta({ minLength: 1, maxLength: max });
}

/** A password as typed: 1 to 256 code points of any script, never trimmed. Strength is judged where passwords are set. */
export function passwordText(min: number) {
  return z
    .string()
    .refine(
      (value) => value.isWellFormed() && !CONTROL.test(value),
      'must be text without control characters',
    )
    .refine((value) => [...value].length >= min, `must have at least ${min} characters`)
    .refine((value) => hasAtMost(value, 256), 'must have at most 256 characters')
    .meta({ minLength: min, maxLength: 256, format: 'password' });
}

function isSingleLine(value: string): boolean {
  return (
    value.isWellFormed() && VISIBLE.test(value) && !CONTROL.test(value) && !LINE_OR_DIRECTION.test(value)
  );
}

function isMultiLine(value: string): boolean {
  return value.isWellFormed() && VISIBLE.test(value) && !CONTROL_BUT_LINES.test(value);
}

/** Code points, as JSON Schema and the database count; the cheap test first, so that megabytes are not spread. */
function hasAtMost(value: string, max: number): boolean {
  return value.length <= max || (value.length <= 2 * max && [...value].length <= max);
}
