// What a sign-in by another provider waits for while the person is there.
//
// Defends against answers that belong to somebody else's attempt (login CSRF, code injection, mix-up), and against using one twice: an
// attempt is one secret that only the client which began it holds, and of which `state`, `nonce` and the PKCE verifier are derived. It is
// a ticket (one-time-ticket.ts): anybody may begin, so nothing is kept; it is good only for the same provider, the same purpose, and the
// same client (the key it proves, its cookie, or its session), which spends it by its first answer, right or wrong.
// Does not look at the provider's answer: see openid-provider.ts.
import { createHash, createHmac } from 'node:crypto';
import { OneTimeTickets, type TicketParts } from '../tokens/one-time-ticket.ts';
import { openidErrors } from './openid.errors.ts';
import type { AuthorizationSecrets } from './openid-provider.ts';

/** What an attempt is for. All of it has to be the same again when the answer comes. */
export interface TransactionUse {
  readonly providerId: string;
  readonly purpose: 'sign-in' | 'link';
  /** The client: {@link keyBinding}, {@link cookieBinding} or {@link sessionBinding}. */
  readonly binding: string;
}

/** An attempt as its client has it. */
export interface OpenTransaction {
  readonly transaction: string;
  readonly secrets: AuthorizationSecrets;
}

/** How long a person has at the provider, in milliseconds. */
export const TRANSACTION_LIVES_MS = 600_000;

/** Opens attempts and takes them back. */
export class OpenidTransactions {
  readonly #tickets: OneTimeTickets;

  constructor(parts: TicketParts) {
    this.#tickets = new OneTimeTickets(parts, 'openid', TRANSACTION_LIVES_MS);
  }

  /** A new attempt. */
  async open(use: TransactionUse): Promise<OpenTransaction> {
    const transaction = await this.#tickets.issue(contentOf(use));
    return { transaction, secrets: secretsOf(transaction) };
  }

  /** Uses an attempt up. Refuses with `openid-transaction-refused` what is unknown, spent, too old, or of another use. */
  async redeem(transaction: string, use: TransactionUse): Promise<AuthorizationSecrets> {
    const isGood = await this.#tickets.isFor(transaction, contentOf(use));
    if (!isGood || !(await this.#tickets.spend(transaction)))
      throw openidErrors.error('openid-transaction-refused');
    return secretsOf(transaction);
  }
}

/** The client that proves this key (RFC 7638 thumbprint). */
export function keyBinding(thumbprint: string): string {
  return `key:${thumbprint}`;
}

/** The client that holds this cookie. */
export function cookieBinding(value: string): string {
  return `cookie:${createHash('sha256').update(value).digest('base64url')}`;
}

/** The client of this session. */
export function sessionBinding(sessionId: string): string {
  return `session:${sessionId}`;
}

function contentOf({ providerId, purpose, binding }: TransactionUse): string {
  return JSON.stringify([providerId, purpose, binding]);
}

function secretsOf(transaction: string): AuthorizationSecrets {
  const derived = (label: string) => createHmac('sha256', transaction).update(label).digest('base64url');
  return { state: derived('state'), nonce: derived('nonce'), codeVerifier: derived('code-verifier') };
}
