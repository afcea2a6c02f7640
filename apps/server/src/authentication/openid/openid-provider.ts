// One identity provider as this server uses it: its document, kept; authorisation requests; the exchange of a code for an ID token.
//
// Defends: forged and foreign ID tokens. The library checks issuer, audience, authorised party, expiry, nonce, state and `iss`
// (RFC 9207); its check of the signature in the code flow is off by default and switched on here, for asymmetric algorithms only
// and whatever the provider's document allows. The issuer is compared once more, letter by letter.
// Does not decide what the identity may do here.
import type { Clock } from '@careward/kernel';
import * as openid from 'openid-client';
import { isPlainHttp, type OpenidProviderSettings } from '../../config/index.ts';
import { openidErrors } from './openid.errors.ts';
import { outboundRequest } from './outbound-request.ts';

/** What an authorisation request needs back from the answer. */
export interface AuthorizationSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** What the browser brought back from the provider. */
export interface AuthorizationAnswer {
  readonly code: string;
  readonly state: string;
  readonly iss?: string | undefined;
}

/** Who the provider says it is. */
export interface ExternalIdentity {
  readonly issuer: string;
  readonly subject: string;
  /** The address, when the provider says that it has verified it. */
  readonly verifiedEmail: string | undefined;
  /** The ID token proves a second factor, and the operator trusts the provider for it. */
  readonly hasSecondFactor: boolean;
}

/** What providers depend on, besides their entry. */
export interface OpenidEnvironment {
  readonly redirectUri: string;
  readonly isProduction: boolean;
  readonly clock: Clock;
  /** Of one request to the provider. */
  readonly timeoutMs: number;
}

/** A document is read again after this time, and a failure is believed for the shorter one. */
const DOCUMENT_LIVES_MS = 3_600_000;
const FAILURE_LIVES_MS = 5_000;
/** OpenID Connect Core, 2: at most 255 ASCII characters. */
const SUBJECT = /^[\x20-\x7e]{1,255}$/;
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

type Tokens = Awaited<ReturnType<typeof openid.authorizationCodeGrant>>;

interface KeptDocument {
  readonly until: number;
  readonly client: Promise<openid.Configuration>;
}

/** Speaks to one provider. */
export class OpenidProvider {
  readonly settings: OpenidProviderSettings;
  readonly #environment: OpenidEnvironment;
  #kept: KeptDocument | undefined;

  constructor(settings: OpenidProviderSettings, environment: OpenidEnvironment) {
    this.settings = settings;
    this.#environment = environment;
  }

  /** Where to send the browser. Refuses with `openid-provider-unavailable`. */
  async authorizationUrl(secrets: AuthorizationSecrets): Promise<string> {
    const client = await this.#client();
    const { scopes, acrValues } = this.settings;
    const url = openid.buildAuthorizationUrl(client, {
      redirect_uri: this.#environment.redirectUri,
      scope: scopes.join(' '),
      state: secrets.state,
      nonce: secrets.nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(secrets.codeVerifier),
      code_challenge_method: 'S256',
      ...(acrValues.length > 0 && { acr_values: acrValues.join(' ') }),
    });
    return url.href;
  }

  /** Exchanges the code. Refuses with `openid-answer-refused`, or `openid-provider-unavailable`. */
  async identify(answer: AuthorizationAnswer, secrets: AuthorizationSecrets): Promise<ExternalIdentity> {
    return this.#answered(async (client) => this.#identityOf(await this.#exchange(client, answer, secrets)));
  }

  /** As {@link identify}; an address that the ID token leaves out is asked for (OpenID Connect Core, 5.3). */
  async identifyWithEmail(
    answer: AuthorizationAnswer,
    secrets: AuthorizationSecrets,
  ): Promise<ExternalIdentity> {
    return this.#answered(async (client) => {
      const tokens = await this.#exchange(client, answer, secrets);
      const identity = this.#identityOf(tokens);
      const isTold = tokens.claims()?.email !== undefined;
      if (isTold || client.serverMetadata().userinfo_endpoint === undefined) return identity;
      const told = await openid.fetchUserInfo(client, tokens.access_token, identity.subject);
      return { ...identity, verifiedEmail: verifiedEmailIn(told) };
    });
  }

  async #answered<T>(work: (client: openid.Configuration) => Promise<T>): Promise<T> {
    const client = await this.#client();
    try {
      return await work(client);
    } catch (error) {
      throw refusalOf(error, 'openid-answer-refused');
    }
  }

  #exchange(client: openid.Configuration, answer: AuthorizationAnswer, secrets: AuthorizationSecrets) {
    const callback = new URL(this.#environment.redirectUri);
    for (const name of ['code', 'state', 'iss'] as const) {
      const value = answer[name];
      if (value !== undefined) callback.searchParams.set(name, value);
    }
    return openid.authorizationCodeGrant(client, callback, {
      expectedState: secrets.state,
      expectedNonce: secrets.nonce,
      pkceCodeVerifier: secrets.codeVerifier,
      idTokenExpected: true,
    });
  }

  #identityOf(tokens: Tokens): ExternalIdentity {
    const claims = tokens.claims();
    if (claims === undefined || claims.iss !== this.settings.issuer) throw new Error('foreign issuer');
    if (!SUBJECT.test(claims.sub)) throw new Error('malformed subject');
    const { acr, amr } = claims;
    const { secondFactor } = this.settings;
    const methods: unknown[] = Array.isArray(amr) ? amr : [];
    return {
      issuer: claims.iss,
      subject: claims.sub,
      verifiedEmail: verifiedEmailIn(claims),
      hasSecondFactor:
        secondFactor.acr.some((trusted) => trusted === acr) ||
        secondFactor.amr.some((trusted) => methods.includes(trusted)),
    };
  }

  /** The client over the provider's document; asked for once however many wait, and at most once in a while when it fails. */
  async #client(): Promise<openid.Configuration> {
    const now = this.#environment.clock.now();
    if (this.#kept === undefined || now >= this.#kept.until) {
      const client = this.#discover();
      const kept = { until: now + DOCUMENT_LIVES_MS, client };
      this.#kept = kept;
      client.catch(() => {
        if (this.#kept === kept)
          this.#kept = { until: this.#environment.clock.now() + FAILURE_LIVES_MS, client };
      });
    }
    return await this.#kept.client;
  }

  async #discover(): Promise<openid.Configuration> {
    const { issuer, clientId, clientSecret, privateRanges } = this.settings;
    const { isProduction, timeoutMs } = this.#environment;
    const allowsPlainHttp = !isProduction && isPlainHttp(this.settings);
    const plain = allowsPlainHttp ? [openid.allowInsecureRequests] : [];
    const request = outboundRequest({
      isPublicOnly: isProduction,
      privateRanges,
      allowsPlainHttp,
      timeoutMs,
    });
    const timeout = timeoutMs / 1_000;
    try {
      const options = { [openid.customFetch]: request, execute: plain, timeout };
      const found = await openid.discovery(new URL(issuer), clientId, undefined, openid.None(), options);
      const document = usableDocument(found.serverMetadata(), issuer, allowsPlainHttp);
      const client = new openid.Configuration(
        document,
        clientId,
        {},
        authenticationOf(document, clientSecret.reveal()),
      );
      client[openid.customFetch] = request;
      client.timeout = timeout;
      for (const extend of [...plain, openid.enableNonRepudiationChecks]) extend(client);
      return client;
    } catch (error) {
      throw refusalOf(error, 'openid-provider-unavailable');
    }
  }
}

function verifiedEmailIn(claims: openid.IDToken | openid.UserInfoResponse): string | undefined {
  const { email, email_verified: isVerified } = claims;
  return isVerified === true && typeof email === 'string' ? email : undefined;
}

/** The document as far as it is relied on: our issuer, endpoints with TLS, asymmetric signatures. */
function usableDocument(
  document: openid.ServerMetadata,
  issuer: string,
  allowsPlainHttp: boolean,
): openid.ServerMetadata {
  const { authorization_endpoint: endpoint = '', id_token_signing_alg_values_supported: offered } = document;
  const algorithms = (offered ?? ['RS256']).filter((name) => ALGORITHMS.includes(name));
  const protocol = URL.canParse(endpoint) ? new URL(endpoint).protocol : '';
  if (document.issuer !== issuer) throw new Error('the document is of another issuer');
  if (algorithms.length === 0) throw new Error('no signature that is accepted');
  if (protocol !== 'https:' && !(protocol === 'http:' && allowsPlainHttp))
    throw new Error('endpoint without TLS');
  return { ...document, id_token_signing_alg_values_supported: algorithms };
}

/** `client_secret_basic` unless the provider only takes the other form (OpenID Connect Core, 9). */
function authenticationOf(document: openid.ServerMetadata, secret: string): openid.ClientAuth {
  const methods = document.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return methods.includes('client_secret_basic')
    ? openid.ClientSecretBasic(secret)
    : openid.ClientSecretPost(secret);
}

/**
 * The refusal behind an error of the library. Its own causes hold tokens and claims, so they go no further: what stays is that the
 * provider could not be reached, or the library's fixed code.
 */
function refusalOf(error: unknown, otherwise: 'openid-answer-refused' | 'openid-provider-unavailable') {
  for (let at: unknown = error; at instanceof Error; at = at.cause)
    if ('category' in at && 'code' in at && at.code === 'openid-provider-unavailable') return at;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'not as it should be';
  return openidErrors.error(otherwise, { detail: code });
}
