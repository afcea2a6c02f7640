import type { CarewardError } from '@careward/kernel';
import { PROOF_ALGORITHMS } from './proof-key.ts';

/** Headers of an answer, by lower-case name. */
export type AnswerHeaders = Readonly<Record<string, string>>;

const ALGORITHMS = `algs="${PROOF_ALGORITHMS.join(' ')}"`;

/** How a refusal tells a client to authenticate (RFC 9110, 11.6.1; RFC 6750, 3; RFC 9449, 7.1 and 9; RFC 9470, 3). */
const CHALLENGES: Readonly<Record<string, string>> = {
  'authentication-token-invalid': 'Bearer error="invalid_token", DPoP error="invalid_token"',
  'authentication-session-ended': 'Bearer error="invalid_token", DPoP error="invalid_token"',
  'authentication-proof-invalid': `DPoP error="invalid_dpop_proof", ${ALGORITHMS}`,
  'authentication-proof-nonce-needed': `DPoP error="use_dpop_nonce", ${ALGORITHMS}`,
  'authentication-key-required': `DPoP ${ALGORITHMS}`,
  'authentication-proof-needed':
    'Bearer error="insufficient_user_authentication", max_age="300", DPoP error="insufficient_user_authentication", max_age="300"',
};

/** The headers that a refusal carries besides the problem itself. Whoever needs a nonce gets one with the refusal. */
export function challengeHeaders(nonces: { newestNonce(): string }): (error: CarewardError) => AnswerHeaders {
  return ({ code, category }) => {
    if (category !== 'unauthenticated') return {};
    const nonce = code === 'authentication-proof-nonce-needed' ? { 'dpop-nonce': nonces.newestNonce() } : {};
    return { 'www-authenticate': CHALLENGES[code] ?? `Bearer, DPoP ${ALGORITHMS}`, ...nonce };
  };
}
