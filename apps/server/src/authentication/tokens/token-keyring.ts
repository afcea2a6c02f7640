// The keys of access tokens as this process knows them, and how they follow each other.
//
// Defends: a key that signs for too long, because every process looks once a minute whether it is time for the next one; tokens that one
// process cannot verify yet, because a key is published before it signs; a key that was stolen, because `withdraw` ends it and
// everything that it signed: at once where it is called, within a minute in every other process.
// When the database cannot be asked, the keys that are known go on being used: sessions are asked for on every request anyway.
import type { Clock } from '@careward/kernel';
import type { EventService } from '../../events/index.ts';
import type { IdentityContext } from '../../request-context/index.ts';
import type { TokenKeys } from './jwt-auth.service.ts';
import { tokenKeyErrors } from './token-key.errors.ts';
import type { TokenKeyRepository } from './token-key.repository.ts';
import { generateTokenKey, signingKeyAt, type TokenKey } from './token-key.ts';

/** Lifetimes in milliseconds: of a key before another one follows, and of the tokens that it signs. */
export interface TokenKeyPlan {
  readonly keyMs: number;
  readonly tokenMs: number;
}

/** What the keyring works with. */
export interface TokenKeyringParts {
  readonly repository: Pick<TokenKeyRepository, 'list' | 'rotate' | 'removeRetired'>;
  readonly clock: Clock;
  readonly plan: TokenKeyPlan;
  /** The context of what the server does by itself. */
  readonly system: () => IdentityContext;
  readonly events: EventService;
  readonly onFailure: (error: unknown) => void;
}

/** What a rotation came to. `rotated` false: a key is on its way already, and nothing changed. */
export interface TokenKeyRotated {
  readonly rotated: boolean;
  readonly keyId: string;
  /** Epoch milliseconds. */
  readonly signsFrom: number;
}

/** How long a key is published before it signs: caches of the key set and every process have it by then. */
const PUBLISHED_AHEAD_MS = 15 * 60_000;
const ROUND_MS = 60_000;
/** A token of a key that nobody knows makes the process look, at most this often. */
const LOOK_AGAIN_MS = 5_000;
/** Clocks of processes differ by less. */
const SKEW_MS = 60_000;

/** Holds the keys. Open it before use. */
export class TokenKeyring implements TokenKeys {
  readonly #parts: TokenKeyringParts;
  #keys: readonly TokenKey[] = [];
  #lookedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: TokenKeyringParts) {
    this.#parts = parts;
  }

  /** Reads the keys; the first process ever makes the first one. */
  async open(): Promise<void> {
    await this.#load();
    if (this.#keys.length > 0) return;
    await this.#add(this.#parts.system(), {
      signsFrom: this.#parts.clock.now(),
      unlessAfter: Number.NEGATIVE_INFINITY,
    });
  }

  /** Begins to look once a minute; does not keep the process alive. */
  start(): void {
    this.#timer = setInterval(() => void this.round(), ROUND_MS).unref();
  }

  /** Ends. */
  stop(): void {
    clearInterval(this.#timer);
  }

  signing(): TokenKey {
    const key = signingKeyAt(this.#keys, this.#parts.clock.now());
    if (key === undefined)
      throw tokenKeyErrors.error('token-key-unusable', { detail: 'no key signs at this time' });
    return key;
  }

  find(keyId: string): TokenKey | undefined {
    const key = this.#keys.find((each) => each.keyId === keyId);
    if (key === undefined) this.#lookAgain();
    return key !== undefined && !this.#hasEnded(key) ? key : undefined;
  }

  /** The keys that sign, will sign, or have signed what still counts; newest first. */
  published(): readonly TokenKey[] {
    return this.#keys.filter((key) => !this.#hasEnded(key)).toSorted((a, b) => b.signsFrom - a.signsFrom);
  }

  /** Another key signs from a quarter of an hour on; those before it verify until their last token has ended. */
  async rotate(context: IdentityContext): Promise<TokenKeyRotated> {
    const now = this.#parts.clock.now();
    return await this.#add(context, { signsFrom: now + PUBLISHED_AHEAD_MS, unlessAfter: now });
  }

  /** Another key signs at once, and nothing that any key before it signed counts from now on. */
  async withdraw(context: IdentityContext): Promise<TokenKeyRotated> {
    const signsFrom = this.#parts.clock.now();
    return await this.#add(context, { signsFrom, unlessAfter: Number.POSITIVE_INFINITY }, 'withdraw');
  }

  /** One look: removes what has ended, reads, and rotates when it is time. A failure is told and left to the next round. */
  async round(): Promise<void> {
    const { repository, clock, plan, system, onFailure } = this.#parts;
    try {
      const now = clock.now();
      await repository.removeRetired(system(), now - plan.tokenMs - SKEW_MS);
      await this.#load();
      const newest = Math.max(...this.#keys.map(({ signsFrom }) => signsFrom));
      const unlessAfter = now + PUBLISHED_AHEAD_MS - plan.keyMs;
      if (newest <= unlessAfter)
        await this.#add(system(), { signsFrom: now + PUBLISHED_AHEAD_MS, unlessAfter });
    } catch (error) {
      onFailure(error);
    }
  }

  async #add(
    context: IdentityContext,
    times: { readonly signsFrom: number; readonly unlessAfter: number },
    others: 'retire' | 'withdraw' = 'retire',
  ): Promise<TokenKeyRotated> {
    const rotation = { material: generateTokenKey(), ...times, others };
    const rotated = await this.#parts.repository.rotate(context, rotation);
    await this.#load();
    const [newest] = this.published();
    if (newest === undefined) throw tokenKeyErrors.error('token-key-unusable', { detail: 'there is no key' });
    const { keyId, signsFrom } = newest;
    const withdrawn = others === 'withdraw';
    if (rotated) this.#parts.events.emitEnterprise('token-key.rotated', { keyId, withdrawn }, context.origin);
    return { rotated, keyId, signsFrom };
  }

  /** Keys that are gone from the database are gone from here with the same assignment. */
  async #load(): Promise<void> {
    this.#lookedAt = this.#parts.clock.now();
    this.#keys = await this.#parts.repository.list(this.#parts.system());
  }

  #lookAgain(): void {
    if (this.#parts.clock.now() - this.#lookedAt < LOOK_AGAIN_MS) return;
    this.#load().catch(this.#parts.onFailure);
  }

  #hasEnded({ retiredAt }: TokenKey): boolean {
    if (retiredAt === null) return false;
    return this.#parts.clock.now() >= retiredAt + this.#parts.plan.tokenMs + SKEW_MS;
  }
}
