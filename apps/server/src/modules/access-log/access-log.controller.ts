import { AccessLogPage, PageQuery, Uuid } from '@careward/api-schema';
import type { PatientId } from '@careward/kernel';
import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { PurposeOfUse, RequirePermission } from '../../authorization/index.ts';
import { Returns } from '../../edge/index.ts';
import { type CarewardRequest, requireClinicContext } from '../../request-context/index.ts';
import { ClinicScoped } from '../../tenancy/index.ts';
import { AccessLogService } from './access-log.service.ts';

/** Who looked at a patient's data, for the patient and for the privacy role. */
@ApiTags('access log')
@Controller('patients')
@ClinicScoped()
@PurposeOfUse()
export class AccessLogController {
  constructor(private readonly accessLog: AccessLogService) {}

  @Get(':patientId/access-log')
  @RequirePermission('view_access_logs', 'view_audit_trails', 'view_own_access_log')
  @Returns(AccessLogPage)
  list(
    @Req() request: CarewardRequest,
    @Param('patientId', { schema: Uuid }) patientId: PatientId,
    @Query({ schema: PageQuery }) query: PageQuery,
  ): Promise<AccessLogPage> {
    return this.accessLog.list(requireClinicContext(request), patientId, query);
  }
}
