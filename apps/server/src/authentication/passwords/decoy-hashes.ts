// What a password is compared with where there is no hash.
//
// Defends: people whose account still has a hash of an older system from being found by the time of a refusal. bcrypt takes longer than
// Argon2id, so addresses without an account are given decoys of either kind, in the proportion in which accounts have them. Which kind
// an address gets is decided by its keyed index: it stays the same, and nobody else can tell it.
// Does not hide that one address changed from slow to fast: its account signed in, and its hash was replaced.
import { randomBytes } from 'node:crypto';
import type { Clock } from '@careward/kernel';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { HIGHEST_BCRYPT_COST } from './bcrypt.ts';

/** How many accounts have a bcrypt hash of a cost, and how many accounts have a password at all. */
export interface HashKinds {
  readonly accounts: number;
  readonly bcrypt: readonly { readonly cost: number; readonly accounts: number }[];
}

const COUNTED_AGAIN_MS = 3_600_000;

/** Chooses decoys. Undefined stands for the decoy of today's kind, which the hasher has itself. */
export class DecoyHashes {
  readonly #count: () => Promise<HashKinds>;
  readonly #clock: Clock;
  readonly #made = new Map<number, Promise<string>>();
  #kinds: Promise<HashKinds> | undefined;
  #countedAt = 0;

  constructor(count: () => Promise<HashKinds>, clock: Clock) {
    this.#count = count;
    this.#clock = clock;
  }

  /** The decoy of an address, by its blind index. */
  async of(index: Buffer): Promise<string | undefined> {
    const { accounts, bcrypt: olders } = await this.#counted();
    const place = (index.readUInt32BE(0) / 2 ** 32) * accounts;
    let upTo = 0;
    for (const { cost, accounts: share } of olders) {
      upTo += share;
      if (place < upTo) return this.#decoy(Math.min(Math.max(cost, 4), HIGHEST_BCRYPT_COST));
    }
    return undefined;
  }

  #counted(): Promise<HashKinds> {
    if (this.#kinds === undefined || this.#clock.now() - this.#countedAt > COUNTED_AGAIN_MS) {
      this.#countedAt = this.#clock.now();
      this.#kinds = this.#count().catch((error: unknown) => {
        this.#kinds = undefined;
        throw error;
      });
    }
    return this.#kinds;
  }

  #decoy(cost: number): Promise<string> {
    const made = this.#made.get(cost) ?? bcrypt(randomBytes(24).toString('base64url'), { cost });
    this.#made.set(cost, made);
    return made;
  }
}
