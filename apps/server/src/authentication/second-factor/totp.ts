// One-time codes of authenticator apps (RFC 6238): SHA-1, six digits, thirty seconds, the form that every app reads.
//
// Does not remember which codes were used: see totp-factor.repository.ts.
import { equalInConstantTime } from '@careward/kernel';
import { generateSecret, generateSync, generateURI } from 'otplib';

const STEP_SECONDS = 30;
const ISSUER = 'Careward';
/** Clocks may differ by one step in either direction (RFC 6238, 5.2). */
const WINDOW = [-1, 0, 1] as const;

/** A new secret of 160 bits, base32. */
export function newTotpSecret(): string {
  return generateSecret();
}

/** What an authenticator app reads from a QR code. */
export function totpUri(secret: string, label: string): string {
  return generateURI({ issuer: ISSUER, label, secret, algorithm: 'sha1', digits: 6, period: STEP_SECONDS });
}

/** The time step whose code this is, within the window; undefined when it is none. All steps are looked at. */
export function totpStepOf(secret: string, code: string, nowMs: number): number | undefined {
  const now = Math.floor(nowMs / 1_000 / STEP_SECONDS);
  const fitting = WINDOW.map((offset) => now + offset).filter((step) =>
    equalInConstantTime(Buffer.from(totpCode(secret, step)), Buffer.from(code)),
  );
  return fitting.at(-1);
}

function totpCode(secret: string, step: number): string {
  return generateSync({
    secret,
    epoch: step * STEP_SECONDS,
    period: STEP_SECONDS,
    digits: 6,
    algorithm: 'sha1',
  });
}
