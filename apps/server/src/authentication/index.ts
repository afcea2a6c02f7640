export { AccountRepository } from './account.repository.ts';
export { AuthenticationController } from './authentication.controller.ts';

export { AuthenticationService } from './authentication.service.ts';
export { JwtAuthGuard } from './jwt-auth.guard.ts';
export { JwtAuthService } from './jwt-auth.service.ts';
export { PasswordHasher } from './password-hasher.ts';
export { Public, ROUTE_ENTRY, type RouteEntry, SignedIn } from './public.decorator.ts';
export { SessionManagementService } from './session-management.service.ts';
