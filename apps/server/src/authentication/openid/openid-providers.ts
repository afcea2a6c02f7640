import type { OpenidProviderList } from '@careward/api-schema';
import type { OpenidProviderSettings } from '../../config/index.ts';
import { openidErrors } from './openid.errors.ts';
import { type OpenidEnvironment, OpenidProvider } from './openid-provider.ts';

/** The providers that the operator has listed. */
export class OpenidProviders {
  readonly #byId: ReadonlyMap<string, OpenidProvider>;

  constructor(settings: readonly OpenidProviderSettings[], environment: OpenidEnvironment) {
    this.#byId = new Map(settings.map((entry) => [entry.id, new OpenidProvider(entry, environment)]));
  }

  /** The provider of this name, or `openid-provider-unknown`. */
  get(id: string): OpenidProvider {
    const provider = this.#byId.get(id);
    if (provider === undefined) throw openidErrors.error('openid-provider-unknown');
    return provider;
  }

  /** The entry of the provider that writes this issuer. */
  findByIssuer(issuer: string): OpenidProviderSettings | undefined {
    return this.#byId
      .values()
      .map(({ settings }) => settings)
      .find((settings) => settings.issuer === issuer);
  }

  /** All issuers. */
  issuers(): string[] {
    return [...this.#byId.values()].map(({ settings }) => settings.issuer);
  }

  /** What anybody may know of them. */
  list(): OpenidProviderList {
    return { items: [...this.#byId.values()].map(({ settings: { id, name } }) => ({ id, name })) };
  }
}
