import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import {
  AuthenticationController,
  AuthenticationService,
  JwtAuthGuard,
  JwtAuthService,
  SessionManagementService,
} from './authentication/index.ts';
import { RolesGuard } from './authorization/index.ts';
import {
  AccessLogController,
  AccessLogService,
  LedgerController,
  LedgerPublicationService,
} from './modules/access-log/index.ts';
import { ApiDescription, ApiDescriptionController } from './modules/api-description/index.ts';
import { ClinicsController, ClinicsService } from './modules/clinics/index.ts';
import { ClinicImport, ImportController } from './modules/fhir/index.ts';
import { HealthController } from './modules/health/index.ts';
import {
  MedicalRecordsController,
  MedicalRecordsService,
  OwnMedicalRecordsController,
} from './modules/medical-records/index.ts';
import { OwnPatientsController, PatientsController, PatientsService } from './modules/patients/index.ts';
import { PractitionersController, PractitionersService } from './modules/practitioners/index.ts';
import { SetupController, SetupService, UsersController, UsersService } from './modules/users/index.ts';
import { HealthRegistry } from './observability/index.ts';
import { WriteReceipts } from './persistence/index.ts';
import type { Platform } from './platform/index.ts';
import { ClinicGuard, ClinicIsolationService } from './tenancy/index.ts';

@Module({})
class AppModule {}

/** The HTTP application over an open platform: controllers and guards get the services that are already there. */
export function appModule(platform: Platform): DynamicModule {
  return {
    module: AppModule,
    controllers: [
      SetupController,
      AuthenticationController,
      UsersController,
      ClinicsController,
      PractitionersController,
      PatientsController,
      OwnPatientsController,
      MedicalRecordsController,
      OwnMedicalRecordsController,
      AccessLogController,
      LedgerController,
      ImportController,
      HealthController,
      ApiDescriptionController,
    ],
    providers: [JwtAuthGuard, ClinicGuard, RolesGuard, ApiDescription, ...services(platform)],
  };
}

function services(platform: Platform): Provider[] {
  return [
    { provide: JwtAuthService, useValue: platform.tokens },
    { provide: SessionManagementService, useValue: platform.sessions },
    { provide: AuthenticationService, useValue: platform.authentication },
    { provide: ClinicIsolationService, useValue: platform.isolation },
    { provide: WriteReceipts, useValue: platform.receipts },
    { provide: SetupService, useValue: platform.setup },
    { provide: UsersService, useValue: platform.users },
    { provide: ClinicsService, useValue: platform.clinics },
    { provide: PractitionersService, useValue: platform.practitioners },
    { provide: PatientsService, useValue: platform.patients },
    { provide: AccessLogService, useValue: platform.accessLog },
    { provide: LedgerPublicationService, useValue: platform.publication },
    { provide: ClinicImport, useValue: platform.clinicImport },
    { provide: HealthRegistry, useValue: platform.health },
    { provide: MedicalRecordsService, useValue: platform.medicalRecords },
  ];
}
