/** Tokens as the system wrote them that people come from. */
import { createHmac, randomUUID } from 'node:crypto';

/** A token of the older system for an account, under its secret; good from now on for so many days. */
export function olderToken(secret: string, sub: string, { now = Date.now(), days = 30 } = {}): string {
  const iat = Math.floor(now / 1_000);
  const claims = {
    iss: 'healthcare-system',
    aud: 'healthcare-users',
    sub,
    iat,
    exp: iat + days * 86_400,
    jti: randomUUID(),
  };
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
