import type { AuditTrail } from '../audit/index.ts';
import {
  ClientBindings,
  DeviceTokens,
  DpopNonces,
  DpopService,
  JwtAuthService,
  LegacyTokens,
  OwnSessions,
  type PersonNotifier,
  RefreshTokens,
  RequestClaims,
  RequestGate,
  SessionManagementService,
  SessionRepository,
  TokenKeyRepository,
  TokenKeyring,
} from '../authentication/index.ts';
import { legacyIssuerOf } from '../config/index.ts';
import type { RateLimitService } from '../edge/index.ts';
import type { EncryptionService } from '../encryption/index.ts';
import { type Foundations, systemContext } from './foundations.ts';
import { buildOpenid } from './openid.ts';
import { buildPasskeys } from './passkeys.ts';
import { buildSignIn } from './sign-in.ts';

/** What identity is built with besides the foundations. */
export interface IdentityParts {
  readonly encryption: EncryptionService;
  readonly audit: AuditTrail;
  readonly limits: RateLimitService;
  readonly notifier: PersonNotifier;
  /** Hears when the keys of tokens cannot be read; the ones that are known go on being used. */
  readonly onKeyFailure: (error: unknown) => void;
}

/** Everything that decides who somebody is: keys of tokens, sessions, the gate, sign-in. */
export async function buildIdentity(foundations: Foundations, parts: IdentityParts) {
  const tokens = await buildTokens(foundations, parts);
  const sessions = buildSessions(foundations, parts, tokens);
  const gate = buildGate(foundations, parts, { ...tokens, ...sessions });
  const signIn = buildSignIn(foundations, { ...parts, ...sessions });
  const openid = buildOpenid(foundations, { ...parts, ...sessions, ...signIn });
  const passkeys = buildPasskeys(foundations, { ...parts, ...sessions, ...signIn });
  return { ...tokens, ...sessions, ...gate, ...signIn, ...openid, ...passkeys };
}

async function buildTokens(foundations: Foundations, { encryption, onKeyFailure }: IdentityParts) {
  const { configuration, clock, database, events } = foundations;
  const platform = await encryption.forPlatform();
  const { accessTokenMs } = configuration.sessions;
  const tokenKeys = new TokenKeyring({
    repository: new TokenKeyRepository(database, encryption),
    clock,
    plan: { keyMs: configuration.tokens.keyMs, tokenMs: accessTokenMs },
    system: systemContext,
    events,
    onFailure: onKeyFailure,
  });
  await tokenKeys.open();
  const tokens = new JwtAuthService(tokenKeys, clock, accessTokenMs / 1_000);
  const refreshTokens = new RefreshTokens((bytes) => platform.mac('refresh-token', bytes));
  const nonces = new DpopNonces((bytes) => platform.mac('dpop-nonce', bytes), clock);
  const dpop = new DpopService(nonces, clock, configuration.publicUrl.url);
  return { tokens, tokenKeys, refreshTokens, dpop, legacyTokens: legacyTokensOf(foundations) };
}

/** The issuer of the system that people come from, while there is one. */
function legacyTokensOf({ configuration, clock }: Foundations): LegacyTokens | undefined {
  const issuer = legacyIssuerOf(configuration.tokens);
  return issuer && new LegacyTokens({ ...issuer, secret: issuer.secret.reveal() }, clock);
}

type Tokens = Awaited<ReturnType<typeof buildTokens>>;

function buildSessions(foundations: Foundations, { notifier, encryption }: IdentityParts, tokens: Tokens) {
  const { configuration, clock, database, stores, places, events } = foundations;
  const migrationMs = (configuration.tokens.legacyUntil ?? 0) - clock.now();
  const sessionRepository = new SessionRepository(database);
  const sessions = new SessionManagementService({
    store: stores.identity,
    repository: sessionRepository,
    tokens: tokens.tokens,
    refreshTokens: tokens.refreshTokens,
    notifier,
    events,
    clock,
    plan: {
      ...configuration.sessions,
      ...configuration.signInPolicy,
      longestMs: Math.max(configuration.sessions.absoluteMs, migrationMs),
    },
  });
  const deviceTokens = new DeviceTokens(encryption);
  const clients = new ClientBindings(tokens.dpop, stores.identity, deviceTokens);
  return {
    sessions,
    sessionRepository,
    clients,
    deviceTokens,
    ownSessions: new OwnSessions(sessions, clients, places),
  };
}

type Sessions = ReturnType<typeof buildSessions>;

function buildGate(
  { configuration, clock, stores }: Foundations,
  { limits }: IdentityParts,
  { tokens, legacyTokens, dpop, sessions }: Tokens & Sessions,
) {
  const publicOrigin = configuration.publicUrl.url;
  const claims = new RequestClaims({ tokens, legacy: legacyTokens, dpop, publicOrigin });
  const policy = configuration.signInPolicy;
  return { gate: new RequestGate({ store: stores.identity, claims, sessions, limits, policy, clock }) };
}
