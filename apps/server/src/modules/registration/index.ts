export { RegistrationController } from './registration.controller.ts';
export { RegistrationRepository } from './registration.repository.ts';
export { RegistrationService } from './registration.service.ts';
