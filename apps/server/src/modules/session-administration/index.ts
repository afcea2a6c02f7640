export { SessionAdministrationController } from './session-administration.controller.ts';
