export { ClinicsController } from './clinics.controller.ts';

export { ClinicsRepository } from './clinics.repository.ts';
export { ClinicsService } from './clinics.service.ts';
