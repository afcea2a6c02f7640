export { InvitationsController } from './invitations.controller.ts';
export { InvitationsRepository } from './invitations.repository.ts';
export { InvitationsService } from './invitations.service.ts';
