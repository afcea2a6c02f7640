// Codes that are sent by mail and work once.
//
// Defends accounts from guessed codes (256 random bits) and from a stolen table of them (only SHA-256 is kept). A code that belongs to
// a clinic names it, so that it is looked for under that clinic's row-level security and nowhere else.
import { createHash, randomBytes } from 'node:crypto';
import { asClinicId, type ClinicId, isUuid } from '@careward/kernel';

/** A new code and what is kept of it. */
export interface MailCode {
  readonly code: string;
  readonly hash: Buffer;
}

/** Makes a code. */
export function createMailCode(): MailCode {
  const code = randomBytes(32).toString('base64url');
  return { code, hash: hashOfMailCode(code) };
}

/** What is kept of a code: 32 bytes. */
export function hashOfMailCode(code: string): Buffer {
  return createHash('sha256').update(code, 'utf8').digest();
}

/** A code as its reader gets it, when it belongs to a clinic. */
export function clinicCode(clinicId: ClinicId, { code }: MailCode): string {
  return `${clinicId}.${code}`;
}

/** The parts of a {@link clinicCode}; undefined for what is none. */
export function parseClinicCode(text: string): { clinicId: ClinicId; hash: Buffer } | undefined {
  const dot = text.indexOf('.');
  const clinicId = text.slice(0, Math.max(dot, 0));
  if (!isUuid(clinicId)) return undefined;
  return { clinicId: asClinicId(clinicId), hash: hashOfMailCode(text.slice(dot + 1)) };
}
