import type { TokenKeyRotated, TokenKeyRotationRequest, TokenKeySet } from '@careward/api-schema';
import type { TokenKeyring } from '../../authentication/index.ts';
import type { IdentityContext } from '../../request-context/index.ts';

/** The keys of access tokens as the API shows and changes them. */
export class TokenKeysService {
  readonly #keyring: TokenKeyring;

  constructor(keyring: TokenKeyring) {
    this.#keyring = keyring;
  }

  /** The public halves of every key whose tokens count, or will. */
  keySet(): TokenKeySet {
    const keys = this.#keyring.published().map(({ keyId: kid, x }) => ({
      kty: 'OKP' as const,
      crv: 'Ed25519' as const,
      x,
      kid,
      use: 'sig' as const,
      alg: 'EdDSA' as const,
    }));
    return { keys };
  }

  /** Makes another key sign, by schedule or at once. */
  async rotate(context: IdentityContext, { withdraw }: TokenKeyRotationRequest): Promise<TokenKeyRotated> {
    const done = withdraw ? await this.#keyring.withdraw(context) : await this.#keyring.rotate(context);
    return { ...done, signsFrom: new Date(done.signsFrom).toISOString() };
  }
}
