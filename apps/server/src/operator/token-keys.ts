import { TokenKeySet } from '@careward/api-schema';
import { type Clock, systemClock } from '@careward/kernel';
import { inspectToken, JwsKey, type TokenCheck } from '../authentication/index.ts';
import { operatorContext, type Platform } from '../platform/index.ts';
import { operatorErrors } from './operator.errors.ts';

/** The newest key of access tokens after a rotation. */
export interface RotatedTokenKey {
  /** False: another key was on its way already, and this is it. */
  readonly rotated: boolean;
  readonly keyId: string;
  readonly signsFrom: Date;
}

/** Makes another key sign access tokens; with `withdraw` at once, and nothing that the others signed counts any more. */
export async function rotateTokenKeys(
  { tokenKeys }: Platform,
  { withdraw }: { readonly withdraw: boolean },
): Promise<RotatedTokenKey> {
  const context = operatorContext();
  const done = withdraw ? await tokenKeys.withdraw(context) : await tokenKeys.rotate(context);
  return { ...done, signsFrom: new Date(done.signsFrom) };
}

/** Which checks a token passes by the keys of an open platform. */
export function inspectStoredToken(
  { tokenKeys, legacyTokens, clock }: Platform,
  token: string,
): TokenCheck[] {
  const find = (keyId: string) => tokenKeys.find(keyId)?.verifier;
  return inspectToken(token, { find, legacy: legacyTokens, now: clock.now() });
}

/** The same by a key set that was fetched from a running server; refuses other text with `operator-key-set-malformed`. */
export function inspectTokenWithKeySet(
  keySet: string,
  token: string,
  clock: Clock = systemClock,
): TokenCheck[] {
  const keys = new Map(readKeySet(keySet).map((jwk) => [jwk.kid, JwsKey.ofJwk('EdDSA', jwk)]));
  return inspectToken(token, { find: (keyId) => keys.get(keyId), legacy: undefined, now: clock.now() });
}

function readKeySet(text: string): TokenKeySet['keys'] {
  try {
    return TokenKeySet.parse(JSON.parse(text)).keys;
  } catch {
    throw operatorErrors.error('operator-key-set-malformed');
  }
}
