import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type CarewardRequest, requirePrincipal } from '../request-context/index.ts';
import { takeClinicIds } from './clinic-id-sources.ts';
import { ClinicIsolationService } from './clinic-isolation.service.ts';
import { CLINIC_SCOPED } from './clinic-scoped.decorator.ts';

/** Stage `tenancy`: on routes declared `@ClinicScoped()`, finds the clinic and checks that the principal belongs to it. */
@Injectable()
export class ClinicGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly isolation: ClinicIsolationService,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const scoped = this.reflector.getAllAndOverride<boolean>(CLINIC_SCOPED, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (scoped !== true) return true;
    const request = context.switchToHttp().getRequest<CarewardRequest>();
    request.careward.clinicId = this.isolation.requireClinic(request, requirePrincipal(request));
    takeClinicIds(request);
    return true;
  }
}
