import { Uuid } from '@careward/api-schema';
import { Controller, Delete, Param, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { MemberFactorsService, RecentProof } from '../../authentication/index.ts';
import { RequirePermission } from '../../authorization/index.ts';
import { ReturnsNothing } from '../../edge/index.ts';
import { type CarewardRequest, clinicIdentityOf } from '../../request-context/index.ts';
import { ClinicScoped } from '../../tenancy/index.ts';

/** Second factors of the clinic's members. */
@ApiTags('users')
@Controller('users/:accountId/factors')
export class MemberFactorsController {
  constructor(private readonly factors: MemberFactorsService) {}

  @Delete()
  @ClinicScoped()
  @RequirePermission('manage_users')
  @RecentProof()
  @ReturnsNothing()
  removeAll(
    @Req() request: CarewardRequest,
    @Param('accountId', { schema: Uuid }) accountId: string,
  ): Promise<void> {
    return this.factors.removeAll(clinicIdentityOf(request), accountId);
  }
}
