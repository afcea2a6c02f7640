export { RefusalRecorder } from './refusal-recorder.ts';
export { RolesGuard } from './roles.guard.ts';
export {
  PHI_ROUTE,
  PurposeOfUse,
  REQUIRED_PERMISSIONS,
  REQUIRED_ROLES,
  RequirePermission,
  Roles,
} from './route-declarations.ts';
