import {
  PageQuery,
  Patient,
  PatientAccountLink,
  PatientCreate,
  PatientPage,
  PatientSearch,
  PatientUpdate,
  Uuid,
} from '@careward/api-schema';
import type { PatientId } from '@careward/kernel';
import { Body, Controller, Get, Param, Patch, Post, Put, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RecentProof } from '../../authentication/index.ts';
import { PurposeOfUse, RequirePermission } from '../../authorization/index.ts';
import { Returns, ReturnsNothing, TakesIdempotencyKey, TakesIfMatch } from '../../edge/index.ts';
import { WriteReceipts } from '../../persistence/index.ts';
import {
  type CarewardRequest,
  clinicIdentityOf,
  expectedVersion,
  pageRequest,
  requireClinicContext,
} from '../../request-context/index.ts';
import { ClinicScoped } from '../../tenancy/index.ts';
import { PatientsService } from './patients.service.ts';

/** Patients of one clinic. */
@ApiTags('patients')
@Controller('patients')
@ClinicScoped()
@PurposeOfUse()
export class PatientsController {
  constructor(
    private readonly patients: PatientsService,
    private readonly receipts: WriteReceipts,
  ) {}

  @Post()
  @RequirePermission('register_patients')
  @TakesIdempotencyKey()
  @Returns(Patient, 201)
  async create(
    @Req() request: CarewardRequest,
    @Body({ schema: PatientCreate }) body: PatientCreate,
  ): Promise<Patient> {
    return this.patients.create(requireClinicContext(request), body, await this.receipts.of(request));
  }

  @Get()
  @RequirePermission('view_patient_profiles', 'view_own_profile')
  @Returns(PatientPage)
  list(
    @Req() request: CarewardRequest,
    @Query({ schema: PageQuery }) query: PageQuery,
  ): Promise<PatientPage> {
    return this.patients.list(requireClinicContext(request), pageRequest(query));
  }

  @Post('search')
  @RequirePermission('view_patient_profiles')
  @Returns(PatientPage)
  search(
    @Req() request: CarewardRequest,
    @Body({ schema: PatientSearch }) body: PatientSearch,
  ): Promise<PatientPage> {
    return this.patients.search(requireClinicContext(request), body);
  }

  @Get(':patientId')
  @RequirePermission('view_patient_profiles', 'view_own_profile')
  @Returns(Patient)
  get(
    @Req() request: CarewardRequest,
    @Param('patientId', { schema: Uuid }) patientId: PatientId,
  ): Promise<Patient> {
    return this.patients.get(requireClinicContext(request), patientId);
  }

  @Patch(':patientId')
  @RequirePermission('update_patient_profiles')
  @TakesIfMatch()
  @Returns(Patient)
  update(
    @Req() request: CarewardRequest,
    @Param('patientId', { schema: Uuid }) patientId: PatientId,
    @Body({ schema: PatientUpdate }) body: PatientUpdate,
  ): Promise<Patient> {
    return this.patients.update(requireClinicContext(request), patientId, expectedVersion(request), body);
  }

  @Put(':patientId/account')
  @RequirePermission('link_patient_accounts')
  @RecentProof()
  @ReturnsNothing()
  linkAccount(
    @Req() request: CarewardRequest,
    @Param('patientId', { schema: Uuid }) patientId: PatientId,
    @Body({ schema: PatientAccountLink }) body: PatientAccountLink,
  ): Promise<void> {
    return this.patients.linkAccount(
      requireClinicContext(request),
      clinicIdentityOf(request),
      patientId,
      body.email,
    );
  }
}
