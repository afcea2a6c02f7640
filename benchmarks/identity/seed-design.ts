/**
 * The design that Careward's identity replaces, as its documentation writes it: a guard that awaits one Redis command after the other.
 *
 * For each request: four commands of a sliding window, then the token's signature (HS256), the blacklist, the session (JSON) with the
 * device's fingerprint, the blacklist of sessions, the set of the person's sessions, and the session written back. Where the
 * documentation leaves a choice, the cheaper one is taken: metrics, events and logs of the guard are left out, the sessions of
 * the set are counted and not read, and the token is verified by `node:crypto` without a library in between.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { RedisClient } from '../../apps/server/test-harness/redis-client.ts';

const SECRET = 'a secret of two hundred and fifty-six bits, at least in length';
const WINDOW_MS = 60_000;
const MOST_REQUESTS = 10_000_000;
const MOST_SESSIONS = 5;
const SESSION_SECONDS = 24 * 60 * 60;
const PARTITIONS = 16;

interface Claims {
  readonly sub: string;
  readonly sid: string;
  readonly jti: string;
  readonly exp: number;
}

/** A session as the documentation lists its fields. */
export interface SeedSession {
  readonly sessionId: string;
  readonly userId: string;
  readonly clinicId: string;
  readonly userAgent: string;
  readonly ipAddress: string;
  readonly deviceId: string;
  readonly loginTime: string;
  readonly lastActivity: string;
  readonly expiresAt: string;
  readonly isActive: boolean;
  readonly metadata: Readonly<Record<string, string>>;
}

interface GuardedRequest {
  readonly ip: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Rate limiter, JwtAuthGuard and session service of the documentation in one guard. */
export class SeedDesignGuard implements CanActivate {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    if (await this.#isRateLimited(request.ip)) return false;
    const claims = verify(request.headers.authorization?.replace('Bearer ', '') ?? '');
    if (claims === undefined) return false;
    if ((await this.#redis.get(`jwt:blacklist:${claims.jti}`)) !== null) return false;
    const session = await this.#validSession(claims, request);
    if (session === undefined) return false;
    const sessions = await this.#redis.sMembers(`user_sessions:${claims.sub}`);
    if (sessions.length > MOST_SESSIONS) return false;
    await this.#updateSession(session);
    return true;
  }

  async #isRateLimited(address: string): Promise<boolean> {
    const key = `ratelimit:api:${address}`;
    const now = Date.now();
    await this.#redis.zRemRangeByScore(key, 0, now - WINDOW_MS);
    await this.#redis.zAdd(key, { score: now, value: `${now}` });
    const count = await this.#redis.zCard(key);
    await this.#redis.expire(key, WINDOW_MS / 1_000);
    return count > MOST_REQUESTS;
  }

  async #validSession({ sid }: Claims, request: GuardedRequest): Promise<SeedSession | undefined> {
    const text = await this.#redis.get(sessionKey(sid));
    if (text === null) return undefined;
    const session = JSON.parse(text) as SeedSession;
    if (new Date() > new Date(session.expiresAt)) return undefined;
    if ((await this.#redis.get(`blacklist:${sid}`)) !== null) return undefined;
    return session.metadata.fingerprint === fingerprintOf(request) ? session : undefined;
  }

  async #updateSession(session: SeedSession): Promise<void> {
    const now = Date.now();
    const expiresAt = new Date(now + SESSION_SECONDS * 1_000).toISOString();
    const updated = { ...session, lastActivity: new Date(now).toISOString(), expiresAt };
    const expiry = { expiration: { type: 'EX', value: SESSION_SECONDS } } as const;
    await this.#redis.set(sessionKey(session.sessionId), JSON.stringify(updated), expiry);
  }
}

/** Stores a session as the documentation does and answers the token that goes with it. */
export async function startSeedSession(redis: RedisClient, session: SeedSession): Promise<string> {
  const { sessionId, userId } = session;
  const expiry = { expiration: { type: 'EX', value: SESSION_SECONDS } } as const;
  await redis.set(sessionKey(sessionId), JSON.stringify(session), expiry);
  await redis.sAdd(`user_sessions:${userId}`, sessionId);
  const exp = Math.floor(Date.now() / 1_000) + 3_600;
  return sign({ sub: userId, sid: sessionId, jti: sessionId.slice(0, 32), exp });
}

/** A session of the form that the documentation gives it, of somebody with this user agent. */
export function seedSession(number: number, userAgent: string): SeedSession {
  const hex = (text: string) => createHash('sha256').update(`${text}${number}`).digest('hex');
  const now = new Date();
  return {
    sessionId: hex('session'),
    userId: hex('user').slice(0, 32),
    clinicId: hex('clinic').slice(0, 32),
    userAgent,
    ipAddress: '127.0.0.1',
    deviceId: hex('device').slice(0, 32),
    loginTime: now.toISOString(),
    lastActivity: now.toISOString(),
    expiresAt: new Date(now.getTime() + SESSION_SECONDS * 1_000).toISOString(),
    isActive: true,
    metadata: { fingerprint: fingerprintOf({ headers: { 'user-agent': userAgent } }) },
  };
}

function sessionKey(sessionId: string): string {
  const partition = createHash('md5').update(sessionId).digest().readUInt32BE(0) % PARTITIONS;
  return `session:${partition}:${sessionId}`;
}

function fingerprintOf({ headers }: Pick<GuardedRequest, 'headers'>): string {
  const seen = ['user-agent', 'accept-language', 'accept-encoding'].map((name) => headers[name] ?? '');
  return createHash('sha256').update(seen.join('|')).digest('hex');
}

function sign(claims: Claims): string {
  const signed = [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${macOf(signed).toString('base64url')}`;
}

function verify(token: string): Claims | undefined {
  const end = token.lastIndexOf('.');
  const [mac, expected] = [Buffer.from(token.slice(end + 1), 'base64url'), macOf(token.slice(0, end))];
  if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) return undefined;
  const body = token.slice(token.indexOf('.') + 1, end);
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims;
  return claims.exp * 1_000 > Date.now() ? claims : undefined;
}

function macOf(signed: string): Buffer {
  return createHmac('sha256', SECRET).update(signed).digest();
}
