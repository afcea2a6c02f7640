// Nonces that the server gives for proofs of possession (RFC 9449, 8 and 9), without remembering any.
//
// Defends: proofs made in advance by somebody who had the key for a moment: a proof counts only with a nonce of the last minutes, and
// nobody else can make one. Does not make a proof good for one use: the store's memory of used proofs does.
import { type Clock, equalInConstantTime } from '@careward/kernel';
import { decodeCanonicalBase64Url } from './base64url.ts';
import type { Mac } from './refresh-token.ts';

const WINDOW_MS = 120_000;
/** Processes of one deployment whose clocks differ by less take each other's newest nonce. */
const SKEW_MS = 5_000;
const WINDOW_BYTES = 6;
const MAC_BYTES = 16;

/** Makes and judges nonces: base64url of the window's number and a MAC over it. */
export class DpopNonces {
  readonly #mac: Mac;
  readonly #clock: Clock;
  #newest: { readonly window: number; readonly nonce: string } = { window: -1, nonce: '' };

  constructor(mac: Mac, clock: Clock) {
    this.#mac = mac;
    this.#clock = clock;
  }

  /** The nonce of this window. */
  newest(): string {
    const window = windowAt(this.#clock.now());
    if (this.#newest.window !== window) this.#newest = { window, nonce: this.#nonceOf(window) };
    return this.#newest.nonce;
  }

  /** Whether a nonce is of this window, of the one before, or no longer (or never was) good. */
  judge(nonce: string): 'newest' | 'good' | 'refused' {
    if (nonce === this.newest()) return 'newest';
    const bytes = decodeCanonicalBase64Url(nonce);
    if (bytes?.length !== WINDOW_BYTES + MAC_BYTES) return 'refused';
    const now = this.#clock.now();
    const window = bytes.readUIntBE(0, WINDOW_BYTES);
    if (window < windowAt(now) - 1 || window > windowAt(now + SKEW_MS)) return 'refused';
    const tag = this.#tag(bytes.subarray(0, WINDOW_BYTES));
    return equalInConstantTime(tag, bytes.subarray(WINDOW_BYTES)) ? 'good' : 'refused';
  }

  #nonceOf(window: number): string {
    const bytes = Buffer.alloc(WINDOW_BYTES);
    bytes.writeUIntBE(window, 0, WINDOW_BYTES);
    return Buffer.concat([bytes, this.#tag(bytes)]).toString('base64url');
  }

  #tag(window: Buffer): Buffer {
    return this.#mac(window).subarray(0, MAC_BYTES);
  }
}

function windowAt(ms: number): number {
  return Math.floor(ms / WINDOW_MS);
}
