import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { CarewardRequest, Principal } from '../request-context/index.ts';
import { authenticationErrors } from './authentication.errors.ts';
import { JwtAuthService } from './jwt-auth.service.ts';
import { ROUTE_ENTRY, type RouteEntry } from './public.decorator.ts';
import { SessionManagementService } from './session-management.service.ts';

/**
 * Stage `authentication`: the bearer token's signature, then the session behind it in the store. Everything but a route declared
 * `@Public()` needs both. The principal is what the session says, not what the token says.
 */
@Injectable()
export class JwtAuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: JwtAuthService,
    private readonly sessions: SessionManagementService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const entry = this.reflector.getAllAndOverride<RouteEntry>(ROUTE_ENTRY, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (entry === 'public') return true;
    const request = context.switchToHttp().getRequest<CarewardRequest>();
    request.careward.principal = await this.identify(request);
    return true;
  }

  /** The person behind the request's token and its living session, or the refusal. */
  async identify({ headers }: Pick<CarewardRequest, 'headers'>): Promise<Principal> {
    const claims = this.tokens.verify(bearerToken(headers.authorization));
    const principal = await this.sessions.findPrincipal(claims.sid);
    if (principal === undefined) throw authenticationErrors.error('authentication-session-ended');
    if (principal.accountId !== claims.sub) throw authenticationErrors.error('authentication-token-invalid');
    return { ...principal, tokenClinicId: claims.clinic_id ?? null };
  }
}

/** The token of an `Authorization: Bearer` header (RFC 6750, 2.1), the only place where one is looked for. */
function bearerToken(header: string | undefined): string {
  const match = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(header ?? '');
  if (match?.[1] === undefined) throw authenticationErrors.error('authentication-required');
  return match[1];
}
