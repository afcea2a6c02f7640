export { PractitionersController } from './practitioners.controller.ts';
export { PractitionersRepository } from './practitioners.repository.ts';
export { PractitionersService } from './practitioners.service.ts';
