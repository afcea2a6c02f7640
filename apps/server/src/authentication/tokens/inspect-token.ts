// Which checks a token passes, for the operator who has to find out why one is refused.
//
// Defends the token itself: what is told holds names of checks, times and ids that are well-formed, never a part of the token or text that
// somebody else chose. Does not ask whether the session lives; that is asked on every request.
import { z } from 'zod';
import {
  accessTokenClaims,
  accessTokenHeader,
  CLOCK_TOLERANCE_SECONDS,
  MAX_TOKEN_LENGTH,
} from './access-token.ts';
import type { LegacyTokens } from './legacy-tokens.ts';
import { parseJsonObject } from './strict-json.ts';
import { type JwsKey, type ParsedJws, parseJws, verifyJws } from './strict-jws.ts';

/** One check. `fails` is an answer, `not-reached` that an earlier check would have to pass first. */
export interface TokenCheck {
  readonly name: string;
  readonly outcome: 'passes' | 'fails' | 'not-reached';
  readonly note: string;
}

/** By what a token is measured. `now` in epoch milliseconds. */
export interface TokenMeasure {
  readonly find: (keyId: string) => JwsKey | undefined;
  readonly legacy: LegacyTokens | undefined;
  readonly now: number;
}

/** Every check, in the order in which the server makes them. */
export function inspectToken(token: string, measure: TokenMeasure): TokenCheck[] {
  const parsed = parseJws(token, MAX_TOKEN_LENGTH);
  const form = check(
    'form',
    parsed !== undefined,
    'compact JWS, canonical base64url, no member twice, no extension',
  );
  if (parsed === undefined) return [form];
  if (parsed.header.alg === 'HS256') return [form, legacyCheck(token, measure.legacy)];
  return [form, ...signatureChecks(parsed, measure), ...claimChecks(parsed, measure.now)];
}

function signatureChecks(parsed: ParsedJws, { find }: TokenMeasure): TokenCheck[] {
  const header = accessTokenHeader.safeParse(parsed.header);
  const key = header.success ? find(header.data.kid) : undefined;
  return [
    check('header', header.success, 'EdDSA, at+jwt and a key id, and nothing else'),
    header.success
      ? check('key', key !== undefined, 'is one of ours, and its tokens count')
      : notReached('key'),
    key === undefined
      ? notReached('signature')
      : check('signature', verifyJws(parsed, key), 'was made by that key'),
  ];
}

const issued = accessTokenClaims.pick({ iss: true, aud: true }).strip();

function claimChecks({ payload }: ParsedJws, now: number): TokenCheck[] {
  const content = parseJsonObject(payload);
  const claims = accessTokenClaims.safeParse(content);
  const checks = [
    check('issuer and audience', issued.safeParse(content).success, 'are this platform and its users'),
    check(
      'claims',
      claims.success,
      claims.success ? aboutClaims(claims.data) : 'are not those that are issued',
    ),
  ];
  if (!claims.success) return [...checks, notReached('time')];
  const { iat, exp } = claims.data;
  const seconds = Math.floor(now / 1_000);
  const isInTime = seconds < exp && seconds + CLOCK_TOLERANCE_SECONDS >= iat;
  return [...checks, check('time', isInTime, `from ${timeText(iat)} until ${timeText(exp)}`)];
}

function aboutClaims({ sub, sid, clinic_id: clinic, cnf }: z.infer<typeof accessTokenClaims>): string {
  const of = clinic === undefined ? '' : `, clinic ${clinic}`;
  const bound = cnf === undefined ? 'a bearer token' : 'bound to a key: needs its proof';
  return `account ${sub}, session ${sid}${of}; ${bound}`;
}

function legacyCheck(token: string, legacy: LegacyTokens | undefined): TokenCheck {
  const name = 'older issuer';
  if (legacy === undefined) return check(name, false, 'HS256, and no older issuer is configured');
  try {
    const { accountId, expiresAt } = legacy.verify(token);
    return check(name, true, `account ${accountId}, until ${timeText(expiresAt / 1_000)}`);
  } catch {
    return check(
      name,
      false,
      'header, signature, issuer, audience, subject or time is wrong, or the migration is over',
    );
  }
}

function timeText(seconds: number): string {
  const inRange = z.number().min(0).max(253_402_300_799).safeParse(seconds).success;
  return inRange ? new Date(seconds * 1_000).toISOString() : 'a time out of range';
}

function check(name: string, passes: boolean, note: string): TokenCheck {
  return { name, outcome: passes ? 'passes' : 'fails', note };
}

function notReached(name: string): TokenCheck {
  return { name, outcome: 'not-reached', note: 'an earlier check fails' };
}
