import {
  MedicalRecord,
  MedicalRecordCorrection,
  MedicalRecordCreate,
  MedicalRecordPage,
  MedicalRecordVersionPage,
  PageQuery,
  Uuid,
} from '@careward/api-schema';
import type { PatientId, RecordId } from '@careward/kernel';
import { Body, Controller, Get, Param, Post, Put, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { PurposeOfUse, RequirePermission } from '../../authorization/index.ts';
import { Returns, TakesIdempotencyKey, TakesIfMatch } from '../../edge/index.ts';
import { WriteReceipts } from '../../persistence/index.ts';
import {
  type CarewardRequest,
  expectedVersion,
  pageRequest,
  requireClinicContext,
} from '../../request-context/index.ts';
import { ClinicScoped } from '../../tenancy/index.ts';
import { MedicalRecordsService } from './medical-records.service.ts';

/** Medical records of one clinic. */
@ApiTags('medical records')
@Controller()
@ClinicScoped()
@PurposeOfUse()
export class MedicalRecordsController {
  constructor(
    private readonly records: MedicalRecordsService,
    private readonly receipts: WriteReceipts,
  ) {}

  @Post('patients/:patientId/medical-records')
  @RequirePermission('create_medical_records')
  @TakesIdempotencyKey()
  @Returns(MedicalRecord, 201)
  async create(
    @Req() request: CarewardRequest,
    @Param('patientId', { schema: Uuid }) patientId: PatientId,
    @Body({ schema: MedicalRecordCreate }) body: MedicalRecordCreate,
  ): Promise<MedicalRecord> {
    return this.records.create(
      requireClinicContext(request),
      patientId,
      body,
      await this.receipts.of(request),
    );
  }

  @Get('patients/:patientId/medical-records')
  @RequirePermission('view_medical_history', 'view_own_medical_history')
  @Returns(MedicalRecordPage)
  list(
    @Req() request: CarewardRequest,
    @Param('patientId', { schema: Uuid }) patientId: PatientId,
    @Query({ schema: PageQuery }) query: PageQuery,
  ): Promise<MedicalRecordPage> {
    return this.records.list(requireClinicContext(request), patientId, pageRequest(query));
  }

  @Get('medical-records/:recordId')
  @RequirePermission('view_medical_history', 'view_own_medical_history')
  @Returns(MedicalRecord)
  get(
    @Req() request: CarewardRequest,
    @Param('recordId', { schema: Uuid }) recordId: RecordId,
  ): Promise<MedicalRecord> {
    return this.records.get(requireClinicContext(request), recordId);
  }

  @Get('medical-records/:recordId/versions')
  @RequirePermission('view_medical_history', 'view_own_medical_history')
  @Returns(MedicalRecordVersionPage)
  history(
    @Req() request: CarewardRequest,
    @Param('recordId', { schema: Uuid }) recordId: RecordId,
  ): Promise<MedicalRecordVersionPage> {
    return this.records.history(requireClinicContext(request), recordId);
  }

  @Put('medical-records/:recordId')
  @RequirePermission('update_medical_records')
  @TakesIfMatch()
  @Returns(MedicalRecord)
  correct(
    @Req() request: CarewardRequest,
    @Param('recordId', { schema: Uuid }) recordId: RecordId,
    @Body({ schema: MedicalRecordCorrection }) body: MedicalRecordCorrection,
  ): Promise<MedicalRecord> {
    return this.records.correct(requireClinicContext(request), recordId, expectedVersion(request), body);
  }
}
