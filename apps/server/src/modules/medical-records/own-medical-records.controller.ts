import { MedicalRecordPage, PageQuery } from '@careward/api-schema';
import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../../authentication/index.ts';
import { PurposeOfUse } from '../../authorization/index.ts';
import { Returns } from '../../edge/index.ts';
import type { CarewardRequest } from '../../request-context/index.ts';
import { ClinicIsolationService } from '../../tenancy/index.ts';
import { MedicalRecordsService } from './medical-records.service.ts';
import { ownRecordsPage } from './own-records-cursor.ts';

/** What a person sees of their own treatment, in every clinic they visit. */
@ApiTags('own records')
@Controller('me')
export class OwnMedicalRecordsController {
  constructor(
    private readonly records: MedicalRecordsService,
    private readonly isolation: ClinicIsolationService,
  ) {}

  @Get('medical-records')
  @SignedIn()
  @PurposeOfUse()
  @Returns(MedicalRecordPage)
  list(
    @Req() request: CarewardRequest,
    @Query({ schema: PageQuery }) query: PageQuery,
  ): Promise<MedicalRecordPage> {
    return this.records.listOwn(this.isolation.grantOwn(request), ownRecordsPage(query));
  }
}
