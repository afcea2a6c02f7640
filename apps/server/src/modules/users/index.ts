export { SetupController } from './setup.controller.ts';
export { SetupRepository } from './setup.repository.ts';
export { SetupService } from './setup.service.ts';
export { UsersController } from './users.controller.ts';

export { UsersRepository } from './users.repository.ts';
export { UsersService } from './users.service.ts';
