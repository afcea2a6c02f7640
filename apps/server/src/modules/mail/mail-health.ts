import type { Clock } from '@careward/kernel';
import type { MailTransport } from '../../connections/index.ts';

/** How long an answer of the transport is believed: anybody may ask for the server's health, and each look costs a connection. */
const KEEP_MS = 30_000;

/** How long the transport may take, which is less than a health check may. */
const PATIENCE_MS = 1_500;

/** Whether mail can leave. People sign in without it: its failure restricts the server and never stops it. */
export class MailHealth {
  readonly #transport: MailTransport;
  readonly #clock: Clock;
  #kept: { readonly state: Promise<'up' | 'degraded'>; readonly at: number } | undefined;

  constructor(transport: MailTransport, clock: Clock) {
    this.#transport = transport;
    this.#clock = clock;
  }

  /** Never throws. */
  async state(): Promise<'up' | 'degraded'> {
    const now = this.#clock.now();
    if (this.#kept === undefined || now - this.#kept.at >= KEEP_MS)
      this.#kept = { state: this.#look(), at: now };
    return await this.#kept.state;
  }

  async #look(): Promise<'up' | 'degraded'> {
    const { promise, resolve } = Promise.withResolvers<'degraded'>();
    const timer = setTimeout(() => resolve('degraded'), PATIENCE_MS).unref();
    try {
      return await Promise.race([promise, this.#transport.ping().then(() => 'up' as const)]);
    } catch {
      return 'degraded';
    } finally {
      clearTimeout(timer);
    }
  }
}
