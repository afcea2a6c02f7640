export { ClinicGuard } from './clinic.guard.ts';
export { CLINIC_ID_SOURCES } from './clinic-id-sources.ts';
export { ClinicIsolationService } from './clinic-isolation.service.ts';
export { CLINIC_SCOPED, ClinicScoped } from './clinic-scoped.decorator.ts';
export { tenancyErrors } from './tenancy.errors.ts';
