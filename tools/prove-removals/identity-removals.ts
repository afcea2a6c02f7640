import type { Removal } from './removal.ts';

const AUTHENTICATION = 'apps/server/src/authentication';
const STORES = 'apps/server/src/connections/stores';
const CLAIMS = `${AUTHENTICATION}/gate/request-claims.ts`;
const GATE = `${AUTHENTICATION}/gate/request-gate.ts`;
const stolenToken = ['tests/abuse/stolen-token-without-its-key.test.ts'];

/** What decides who somebody is. */
export const IDENTITY_REMOVALS: readonly Removal[] = [
  {
    name: 'identity: an ended session leaves the store',
    file: `${STORES}/session-machine.ts`,
    search: 'const sessions = account.sessions.filter((session) => session.sessionId !== sessionId);',
    replacement: 'const sessions = account.sessions;',
    tests: [`${STORES}/identity-sessions.conformance.test.ts`],
  },
  {
    name: 'identity: the proof is of the key that the token is bound to',
    file: CLAIMS,
    search: 'if (proof !== null && proof.keyThumbprint !== keyThumbprint) {',
    replacement: 'if (false) {',
    tests: stolenToken,
  },
  {
    name: 'identity: a bound token is no bearer token',
    file: CLAIMS,
    search: "if ((scheme === 'bearer') !== (keyThumbprint === null) && scheme !== 'cookie') {",
    replacement: 'if (false) {',
    tests: stolenToken,
  },
  {
    name: 'identity: a proof counts once',
    file: `${STORES}/embedded-gate.ts`,
    search: "if (this.#proofs.get(proof.id, now)) return 'replayed';",
    replacement: '',
    tests: stolenToken,
  },
  {
    name: 'identity: requests with cookies come from our own pages',
    file: CLAIMS,
    search: "if (credential.scheme === 'cookie') this.#rejectForeignPage(request);",
    replacement: '',
    tests: ['tests/abuse/cross-site-request.test.ts'],
  },
  {
    name: 'identity: a session is as strong as the present rights ask',
    file: GATE,
    search: 'if (!isMigrating(session, claim)) rejectUnfitSession(session.body, this.#parts.policy);',
    replacement: '',
    tests: ['tests/abuse/one-factor-session-with-staff-rights.test.ts'],
  },
  {
    name: 'identity: only an adopted session does without second factor and key, and only for an older token',
    file: GATE,
    search: 'return legacy !== null && isAdopted(body);',
    replacement: 'return legacy !== null || isAdopted(body);',
    tests: [`${AUTHENTICATION}/gate/migration.integration.test.ts`],
  },
  {
    name: 'identity: a new password ends the other sessions in its own transaction',
    file: `${AUTHENTICATION}/sessions/session-management.service.ts`,
    search: 'await change.write(repository.ends(acting, end))',
    replacement: 'await change.write([])',
    tests: [`${AUTHENTICATION}/sign-in/own-password.integration.test.ts`],
  },
  {
    name: 'identity: a slow body is asked about again',
    file: GATE,
    search: "if (sender.kind !== 'claimed' || now - at <= ANSWER_HOLDS_MS) return question;",
    replacement: "if (now > at - 1 || sender.kind !== 'claimed') return question;",
    tests: [`${AUTHENTICATION}/gate/gate.integration.test.ts`],
  },
  {
    name: 'identity: sensitive acts ask for a recent proof',
    file: `${AUTHENTICATION}/jwt-auth.guard.ts`,
    search:
      'if (recentMs !== undefined && !this.gate.wasProvenWithin(principal, recentMs)) throw proofNeeded();',
    replacement: 'void recentMs;',
    tests: ['tests/abuse/stale-proof.test.ts'],
  },
  {
    name: 'identity: a client that looks like another one has to prove itself',
    file: `${AUTHENTICATION}/jwt-auth.guard.ts`,
    search: 'if (principal.needsProof && this.#declared<boolean>(context, WHILE_DISTRUSTED) !== true)',
    replacement: 'if (false)',
    tests: ['tests/abuse/session-on-another-machine.test.ts'],
  },
  {
    name: 'identity: who has a second factor shows it',
    file: `${AUTHENTICATION}/sign-in/sign-in-flow.ts`,
    search: 'if (factors.length > 0) {',
    replacement: 'if (factors.length > 99) {',
    tests: ['tests/abuse/second-factor-around.test.ts'],
  },
  {
    name: 'identity: a refresh token is one of its key',
    file: `${AUTHENTICATION}/tokens/refresh-token.ts`,
    search: 'if (keyThumbprint === null) return hash;',
    replacement: 'if (keyThumbprint === null || keyThumbprint !== null) return hash;',
    tests: ['tests/abuse/stolen-refresh-token.test.ts'],
  },
  {
    name: 'identity: older tokens end with the sessions and the password of their owner',
    file: `${AUTHENTICATION}/sessions/session-starter.ts`,
    search: 'standing?.active === true && standing.takesOlderTokens && !standing.isRevoked;',
    replacement: 'standing?.active === true && !standing.isRevoked;',
    tests: ['tests/abuse/older-token-outliving-its-owner.test.ts'],
  },
];
