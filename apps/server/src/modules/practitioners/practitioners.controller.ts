import { PageQuery, PractitionerPage } from '@careward/api-schema';
import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../../authorization/index.ts';
import { Returns } from '../../edge/index.ts';
import { type CarewardRequest, pageRequest, requireClinicContext } from '../../request-context/index.ts';
import { ClinicScoped } from '../../tenancy/index.ts';
import { PractitionersService } from './practitioners.service.ts';

/** The people who treat in a clinic. */
@ApiTags('practitioners')
@Controller('practitioners')
@ClinicScoped()
export class PractitionersController {
  constructor(private readonly practitioners: PractitionersService) {}

  @Get()
  @RequirePermission('view_own_clinics')
  @Returns(PractitionerPage)
  list(
    @Req() request: CarewardRequest,
    @Query({ schema: PageQuery }) query: PageQuery,
  ): Promise<PractitionerPage> {
    return this.practitioners.list(requireClinicContext(request), pageRequest(query));
  }
}
