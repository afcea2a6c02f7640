/** A provider of OpenID Connect that answers whatever a test wants, well formed or forged. */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { close, listen } from './openid-provider.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const KEY_ID = 'of-the-forger';

/** What the forger may do differently. */
export interface Forgery {
  /** Members of its document that replace the honest ones. */
  readonly document?: Readonly<Record<string, unknown>>;
  /** The ID token of an answer; by default {@link honestToken} of the honest claims. */
  readonly idToken?: (claims: Readonly<Record<string, unknown>>) => string;
  /** What the token endpoint does instead of answering. */
  readonly atToken?: RequestListener;
  /** What the document's address does instead of answering. */
  readonly atDocument?: RequestListener;
}

/** A running forger. */
export interface ForgingProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What it does; a test may change it. */
  forgery: Forgery;
  /** The nonce to put into ID tokens: what an authorisation request carried. */
  nonce: string;
  /** Paths that were asked for, and bodies that were sent to the token endpoint. */
  readonly requests: { readonly path: string; readonly body: string }[];
  stop(): Promise<void>;
}

/** Starts a forger. */
export async function startForgingProvider(forgery: Forgery = {}): Promise<ForgingProvider> {
  const server = createServer();
  const issuer = `http://127.0.0.1:${await listen(server)}`;
  const clientSecret = 'a-secret-of-the-client-that-is-long-enough';
  const forger: ForgingProvider = {
    issuer,
    clientId: 'careward',
    clientSecret,
    forgery,
    nonce: '',
    requests: [],
    stop: () => close(server),
  };
  server.on('request', (request, response) => void answer(forger, request, response));
  return forger;
}

/** RS256 under the key that the forger publishes. */
export function honestToken(claims: Readonly<Record<string, unknown>>): string {
  return token({ alg: 'RS256', kid: KEY_ID }, claims, (input) =>
    sign('sha256', Buffer.from(input), privateKey),
  );
}

/** RS256 under a key that nobody publishes, with the name of the published one. */
export function foreignToken(claims: Readonly<Record<string, unknown>>): string {
  const other: KeyObject = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
  return token({ alg: 'RS256', kid: KEY_ID }, claims, (input) => sign('sha256', Buffer.from(input), other));
}

/** No signature at all. */
export function unsignedToken(claims: Readonly<Record<string, unknown>>): string {
  return token({ alg: 'none' }, claims, () => Buffer.alloc(0));
}

/** HS256 under a secret: the client's, or the published key taken for one. */
export function symmetricToken(claims: Readonly<Record<string, unknown>>, secret: string): string {
  return token({ alg: 'HS256', kid: KEY_ID }, claims, (input) =>
    createHmac('sha256', secret).update(input).digest(),
  );
}

/** The published key as text. */
export function publishedKey(): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

function token(header: object, claims: object, signed: (input: string) => Buffer): string {
  const input = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${input}.${signed(input).toString('base64url')}`;
}

async function answer(
  forger: ForgingProvider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { issuer, clientId, nonce, forgery, requests } = forger;
  const path = request.url ?? '';
  let body = '';
  for await (const chunk of request) body += String(chunk);
  requests.push({ path, body });
  if (path === '/.well-known/openid-configuration') {
    if (forgery.atDocument !== undefined) return forgery.atDocument(request, response);
    return json(response, { ...documentOf(issuer), ...forgery.document });
  }
  if (path === '/jwks')
    return json(response, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, use: 'sig' }] });
  if (path !== '/token') return void response.writeHead(404).end();
  if (forgery.atToken !== undefined) return forgery.atToken(request, response);
  const claims = honestClaims(issuer, clientId, nonce);
  const idToken = (forgery.idToken ?? honestToken)(claims);
  json(response, { access_token: 'opaque', token_type: 'Bearer', expires_in: 60, id_token: idToken });
}

function documentOf(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
    authorization_response_iss_parameter_supported: true,
  };
}

function honestClaims(issuer: string, clientId: string, nonce: string): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1_000);
  return { iss: issuer, aud: clientId, sub: 'forged-subject', iat: now, exp: now + 60, nonce };
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
