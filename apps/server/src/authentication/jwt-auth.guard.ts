import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { CarewardRequest } from '../request-context/index.ts';
import { authenticationErrors } from './authentication.errors.ts';
import { RequestGate } from './gate/request-gate.ts';
import { RECENT_PROOF, ROUTE_ENTRY, type RouteEntry, WHILE_DISTRUSTED } from './public.decorator.ts';

/**
 * Stage `authentication`: takes the person whom the gate found. Everything but a route declared `@Public()` needs one. The principal
 * is what the session says, not what the token says.
 */
@Injectable()
export class JwtAuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly gate: RequestGate,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.#declared<RouteEntry>(context, ROUTE_ENTRY) === 'public') return true;
    const request = context.switchToHttp().getRequest<CarewardRequest>();
    const principal = await this.gate.identify(request);
    // Also who is refused from here on is known, and recorded.
    request.careward.principal = principal;
    if (principal.needsProof && this.#declared<boolean>(context, WHILE_DISTRUSTED) !== true)
      throw proofNeeded();
    const recentMs = this.#declared<number>(context, RECENT_PROOF);
    if (recentMs !== undefined && !this.gate.wasProvenWithin(principal, recentMs)) throw proofNeeded();
    return true;
  }

  #declared<T>(context: ExecutionContext, key: string): T | undefined {
    return this.reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
  }
}

function proofNeeded(): Error {
  return authenticationErrors.error('authentication-proof-needed');
}
