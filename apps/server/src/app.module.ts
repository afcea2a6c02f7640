import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import {
  FactorsController,
  IdentitiesController,
  IdentityLinkingService,
  JwtAuthGuard,
  MemberFactorsService,
  OpenidController,
  OpenidSignInService,
  OwnDevicesController,
  OwnDevicesService,
  OwnFactorsService,
  OwnPasskeys,
  OwnPasskeysController,
  OwnPasswordService,
  OwnSessions,
  PasskeySignInController,
  PasskeySignInSteps,
  ReauthenticationService,
  RequestGate,
  SessionManagementService,
  SessionStatisticsService,
  SessionsController,
  SignInController,
  SignInSteps,
} from './authentication/index.ts';
import { RolesGuard } from './authorization/index.ts';
import {
  AccessLogController,
  AccessLogService,
  LedgerController,
  LedgerPublicationService,
} from './modules/access-log/index.ts';
import { AccountPages, AccountPagesController } from './modules/account-pages/index.ts';
import { ApiDescription, ApiDescriptionController } from './modules/api-description/index.ts';
import { ClinicsController, ClinicsService } from './modules/clinics/index.ts';
import { ClinicImport, ImportController } from './modules/fhir/index.ts';
import { HealthController } from './modules/health/index.ts';
import { InvitationsController, InvitationsService } from './modules/invitations/index.ts';
import {
  MedicalRecordsController,
  MedicalRecordsService,
  OwnMedicalRecordsController,
} from './modules/medical-records/index.ts';
import { OwnPatientsController, PatientsController, PatientsService } from './modules/patients/index.ts';
import { PractitionersController, PractitionersService } from './modules/practitioners/index.ts';
import { RegistrationController, RegistrationService } from './modules/registration/index.ts';
import { SessionAdministrationController } from './modules/session-administration/index.ts';
import { TokenKeySetController, TokenKeysController, TokenKeysService } from './modules/token-keys/index.ts';
import {
  AccountDeletionService,
  AccountExportService,
  EmailChangeService,
  MemberFactorsController,
  MemberPasswordResetController,
  OwnAccountController,
  PasswordResetController,
  PasswordResetService,
  SetupController,
  SetupService,
  UserRightsService,
  UsersController,
  UsersService,
} from './modules/users/index.ts';
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
      SignInController,
      FactorsController,
      OwnDevicesController,
      MemberFactorsController,
      MemberPasswordResetController,
      SessionsController,
      SessionAdministrationController,
      PasskeySignInController,
      OwnPasskeysController,
      OpenidController,
      IdentitiesController,
      OwnAccountController,
      InvitationsController,
      UsersController,
      RegistrationController,
      PasswordResetController,
      ClinicsController,
      PractitionersController,
      PatientsController,
      OwnPatientsController,
      MedicalRecordsController,
      OwnMedicalRecordsController,
      AccessLogController,
      LedgerController,
      ImportController,
      TokenKeysController,
      TokenKeySetController,
      HealthController,
      ApiDescriptionController,
      AccountPagesController,
    ],
    providers: [JwtAuthGuard, ClinicGuard, RolesGuard, ApiDescription, AccountPages, ...services(platform)],
  };
}

function services(platform: Platform): Provider[] {
  return [
    { provide: RequestGate, useValue: platform.gate },
    { provide: PasskeySignInSteps, useValue: platform.passkeySteps },
    { provide: OwnPasskeys, useValue: platform.ownPasskeys },
    { provide: OwnSessions, useValue: platform.ownSessions },
    { provide: SessionManagementService, useValue: platform.sessions },
    { provide: SessionStatisticsService, useValue: platform.sessionStatistics },
    { provide: SignInSteps, useValue: platform.steps },
    { provide: ReauthenticationService, useValue: platform.reauthentication },
    { provide: OpenidSignInService, useValue: platform.openidSignIn },
    { provide: IdentityLinkingService, useValue: platform.identityLinking },
    { provide: OwnFactorsService, useValue: platform.ownFactors },
    { provide: OwnDevicesService, useValue: platform.ownDevices },
    { provide: MemberFactorsService, useValue: platform.memberFactors },
    { provide: OwnPasswordService, useValue: platform.ownPassword },
    { provide: ClinicIsolationService, useValue: platform.isolation },
    { provide: WriteReceipts, useValue: platform.receipts },
    { provide: SetupService, useValue: platform.setup },
    { provide: UsersService, useValue: platform.users },
    { provide: InvitationsService, useValue: platform.invitations },
    { provide: RegistrationService, useValue: platform.registration },
    { provide: PasswordResetService, useValue: platform.passwordResets },
    { provide: EmailChangeService, useValue: platform.emailChanges },
    { provide: UserRightsService, useValue: platform.userRights },
    { provide: AccountDeletionService, useValue: platform.accountDeletion },
    { provide: AccountExportService, useValue: platform.accountExport },
    { provide: ClinicsService, useValue: platform.clinics },
    { provide: PractitionersService, useValue: platform.practitioners },
    { provide: PatientsService, useValue: platform.patients },
    { provide: AccessLogService, useValue: platform.accessLog },
    { provide: LedgerPublicationService, useValue: platform.publication },
    { provide: ClinicImport, useValue: platform.clinicImport },
    { provide: TokenKeysService, useValue: platform.tokenKeysService },
    { provide: HealthRegistry, useValue: platform.health },
    { provide: MedicalRecordsService, useValue: platform.medicalRecords },
  ];
}
