import { ImportReport } from '@careward/api-schema';
import { Controller, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import { PurposeOfUse, RequirePermission, Roles } from '../../authorization/index.ts';
import { AcceptsBody, Returns } from '../../edge/index.ts';
import { type CarewardRequest, requireClinicContext } from '../../request-context/index.ts';
import { ClinicScoped } from '../../tenancy/index.ts';
import { ClinicImport } from './clinic-import.ts';

const MEDIA_TYPES = ['application/json', 'application/fhir+json'];

/** Health records from other systems. */
@ApiTags('import')
@Controller('import')
@ClinicScoped()
@PurposeOfUse()
export class ImportController {
  constructor(private readonly imports: ClinicImport) {}

  @Post()
  @RequirePermission('import_records')
  @Roles('CLINIC_ADMIN')
  @AcceptsBody({ size: 'import', mediaTypes: MEDIA_TYPES })
  @ApiConsumes(...MEDIA_TYPES)
  @ApiBody({
    description: 'A FHIR R4 bundle: transaction, collection or batch.',
    schema: { type: 'object', required: ['resourceType'] },
  })
  @Returns(ImportReport)
  run(@Req() request: CarewardRequest): Promise<ImportReport> {
    return this.imports.run(requireClinicContext(request), request.body);
  }
}
