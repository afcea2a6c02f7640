// Tickets that the server gives to anybody who asks, without remembering any: good once, for a time, for the use they were made for.
//
// Defends the store's memory from requests of nobody in particular: a ticket is recognised by its MAC, which covers its end and its use,
// and only the hash of one that was spent is kept, until it has ended. Whoever takes tickets spends them when everything else is right.
// Does not remember what was spent across a restart of the embedded store; what a ticket is shown with has to be proof by itself.
import { createHash, randomBytes } from 'node:crypto';
import { type Clock, equalInConstantTime } from '@careward/kernel';
import type { IdentityStore } from '../../connections/index.ts';
import { decodeCanonicalBase64Url } from './base64url.ts';

/** A keyed digest of 32 bytes that only this deployment can make. */
export type TicketMac = (bytes: Buffer) => Promise<Buffer>;

/** What tickets are made with. */
export interface TicketParts {
  readonly mac: TicketMac;
  readonly store: Pick<IdentityStore, 'once'>;
  readonly clock: Clock;
}

const VERSION = 1;
const END_BYTES = 6;
const SIGNED_BYTES = 1 + END_BYTES + 16;
const MAC_BYTES = 32;
/** Processes of one deployment whose clocks differ by less agree on when a ticket has ended. */
const SKEW_MS = 5_000;

/** Gives tickets of one kind and takes them back: base64url of version, end, 16 random bytes and MAC, 74 characters. */
export class OneTimeTickets {
  readonly #parts: TicketParts;
  readonly #kind: string;
  readonly #livesMs: number;

  /** The kind goes before the names of spent tickets in the store. */
  constructor(parts: TicketParts, kind: string, livesMs: number) {
    this.#parts = parts;
    this.#kind = kind;
    this.#livesMs = livesMs;
  }

  /** A fresh ticket for this use. Nothing is kept. */
  async issue(use: string): Promise<string> {
    const signed = Buffer.concat([Buffer.from([VERSION]), Buffer.alloc(END_BYTES), randomBytes(16)]);
    signed.writeUIntBE(this.#parts.clock.now() + this.#livesMs, 1, END_BYTES);
    return Buffer.concat([signed, await this.#tag(signed, use)]).toString('base64url');
  }

  /** Whether the ticket was given for this use and has not ended. Does not spend it. */
  async isFor(ticket: string, use: string): Promise<boolean> {
    const bytes = decodeCanonicalBase64Url(ticket);
    if (bytes?.length !== SIGNED_BYTES + MAC_BYTES || bytes[0] !== VERSION) return false;
    const signed = bytes.subarray(0, SIGNED_BYTES);
    if (!equalInConstantTime(bytes.subarray(SIGNED_BYTES), await this.#tag(signed, use))) return false;
    return signed.readUIntBE(1, END_BYTES) > this.#parts.clock.now();
  }

  /** Spends a ticket that {@link isFor} has found good: of any number who try at once, one may go on. */
  async spend(ticket: string): Promise<boolean> {
    const name = createHash('sha256').update(ticket).digest('base64url');
    return this.#parts.store.once(`${this.#kind}:${name}`, this.#livesMs + SKEW_MS);
  }

  #tag(signed: Buffer, use: string): Promise<Buffer> {
    return this.#parts.mac(Buffer.concat([signed, Buffer.from(use, 'utf8')]));
  }
}
