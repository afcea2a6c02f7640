import { PatientPage } from '@careward/api-schema';
import { Controller, Get, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../../authentication/index.ts';
import { PurposeOfUse } from '../../authorization/index.ts';
import { Returns } from '../../edge/index.ts';
import type { CarewardRequest } from '../../request-context/index.ts';
import { ClinicIsolationService } from '../../tenancy/index.ts';
import { PatientsService } from './patients.service.ts';

/** What a person sees of themselves: their row in every clinic they visit. */
@ApiTags('own records')
@Controller('me')
export class OwnPatientsController {
  constructor(
    private readonly patients: PatientsService,
    private readonly isolation: ClinicIsolationService,
  ) {}

  @Get('patients')
  @SignedIn()
  @PurposeOfUse()
  @Returns(PatientPage)
  list(@Req() request: CarewardRequest): Promise<PatientPage> {
    return this.patients.listOwn(this.isolation.grantOwn(request));
  }
}
