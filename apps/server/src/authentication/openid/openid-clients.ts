// Which client began an attempt to sign in.
//
// Defends against an attempt that one client begins and another ends: whoever proves a key (DPoP, RFC 9449) is that key, everybody else
// is given a cookie that no script, no other host and no foreign page can use.
import { randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { CarewardRequest } from '../../request-context/index.ts';
import type { ClientBindings } from '../gate/client-binding.ts';
import { readCookie } from '../gate/credentials.ts';
import { setCookie } from '../gate/deliver-session.ts';
import type { ClientBinding } from '../sessions/session-types.ts';
import { openidErrors } from './openid.errors.ts';
import { cookieBinding, keyBinding, TRANSACTION_LIVES_MS } from './openid-transactions.ts';

const COOKIE = '__Host-careward-openid';

/** Tells clients of attempts apart. */
export class OpenidClients {
  readonly #bindings: ClientBindings;

  constructor(bindings: ClientBindings) {
    this.#bindings = bindings;
  }

  /** The binding of a client that begins; one without a key is given its cookie. */
  async begin(request: CarewardRequest, reply: FastifyReply): Promise<string> {
    const { keyThumbprint } = await this.#bindings.of(request, reply);
    if (keyThumbprint !== null) return keyBinding(keyThumbprint);
    const value = randomBytes(32).toString('base64url');
    setCookie(reply, COOKIE, value, TRANSACTION_LIVES_MS / 1_000);
    return cookieBinding(value);
  }

  /** The client that comes back, with its binding; its cookie is taken away. Refuses with `openid-transaction-refused` who has neither. */
  async return(
    request: CarewardRequest,
    reply: FastifyReply,
    clinicId: string | undefined,
  ): Promise<{ readonly client: ClientBinding; readonly binding: string }> {
    const client = await this.#bindings.of(request, reply, clinicId);
    if (client.keyThumbprint !== null) return { client, binding: keyBinding(client.keyThumbprint) };
    const value = readCookie(request.headers, COOKIE);
    if (value === undefined) throw openidErrors.error('openid-transaction-refused');
    setCookie(reply, COOKIE, '', 0);
    return { client, binding: cookieBinding(value) };
  }
}
