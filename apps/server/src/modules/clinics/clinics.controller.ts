import { Clinic, ClinicCreate, ClinicPage, ClinicSettings, PageQuery } from '@careward/api-schema';
import { Body, Controller, Get, Patch, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RecentProof } from '../../authentication/index.ts';
import { RequirePermission } from '../../authorization/index.ts';
import { Returns, TakesIdempotencyKey } from '../../edge/index.ts';
import { WriteReceipts } from '../../persistence/index.ts';
import {
  type CarewardRequest,
  clinicIdentityOf,
  identityContextOf,
  pageRequest,
  requireClinicContext,
} from '../../request-context/index.ts';
import { ClinicScoped } from '../../tenancy/index.ts';
import { ClinicsService } from './clinics.service.ts';

/** Clinics of the region. */
@ApiTags('clinics')
@Controller('clinics')
export class ClinicsController {
  constructor(
    private readonly clinics: ClinicsService,
    private readonly receipts: WriteReceipts,
  ) {}

  @Post()
  @RequirePermission('create_clinics')
  @RecentProof()
  @TakesIdempotencyKey()
  @Returns(Clinic, 201)
  async create(
    @Req() request: CarewardRequest,
    @Body({ schema: ClinicCreate }) body: ClinicCreate,
  ): Promise<Clinic> {
    return this.clinics.create(identityContextOf(request), body, await this.receipts.of(request));
  }

  @Get()
  @RequirePermission('view_clinics')
  @Returns(ClinicPage)
  list(@Req() request: CarewardRequest, @Query({ schema: PageQuery }) query: PageQuery): Promise<ClinicPage> {
    return this.clinics.list(identityContextOf(request), pageRequest(query));
  }

  @Get(':clinicId')
  @ClinicScoped()
  @RequirePermission('view_clinics', 'view_own_clinics')
  @Returns(Clinic)
  get(@Req() request: CarewardRequest): Promise<Clinic> {
    return this.clinics.get(requireClinicContext(request));
  }

  @Patch(':clinicId/settings')
  @ClinicScoped()
  @RequirePermission('manage_users')
  @RecentProof()
  @Returns(ClinicSettings)
  changeSettings(
    @Req() request: CarewardRequest,
    @Body({ schema: ClinicSettings }) body: ClinicSettings,
  ): Promise<ClinicSettings> {
    return this.clinics.changeSettings(clinicIdentityOf(request), body);
  }
}
