export { ClinicsController } from './clinics.controller.ts';
export { clinicsErrors } from './clinics.errors.ts';
export { ClinicsRepository } from './clinics.repository.ts';
export { ClinicsService } from './clinics.service.ts';
