/**
 * The permissions of the claims platform: nineteen names, because patient and doctor share `submit_claims`. Insurers and
 * clinics know them by these words, so none is renamed or dropped.
 */
export const CLAIMS_PLATFORM_PERMISSIONS = [
  'view_own_profile',
  'update_own_profile',
  'submit_claims',
  'view_own_claims',
  'upload_documents',
  'view_patient_profiles',
  'review_claims',
  'update_medical_records',
  'view_medical_history',
  'view_all_claims',
  'approve_claims',
  'reject_claims',
  'view_analytics',
  'manage_policies',
  'manage_users',
  'view_system_logs',
  'configure_system',
  'manage_doctors',
  'view_audit_trails',
] as const;

/** What the clinic platform adds: registration, records, access logs, import and the clinics themselves. */
export const CLINIC_PLATFORM_PERMISSIONS = [
  'register_patients',
  'update_patient_profiles',
  'link_patient_accounts',
  'create_medical_records',
  'view_own_medical_history',
  'view_own_access_log',
  'view_access_logs',
  'import_records',
  'create_clinics',
  'view_clinics',
  'view_own_clinics',
] as const;

/** Every permission there is, in the order in which tables and documents list them. */
export const PERMISSIONS = [...CLAIMS_PLATFORM_PERMISSIONS, ...CLINIC_PLATFORM_PERMISSIONS] as const;

/** The right to do one kind of thing; who holds it, and how far it reaches, stands in `ROLE_PERMISSIONS`. */
export type Permission = (typeof PERMISSIONS)[number];

/**
 * The permissions that reach no health information of an identifiable person. Everything else is PHI, so a permission
 * that nobody classified is treated as PHI.
 */
const WITHOUT_PHI: readonly Permission[] = [
  'view_analytics',
  'manage_users',
  'view_system_logs',
  'configure_system',
  'manage_doctors',
  'create_clinics',
  'view_clinics',
  'view_own_clinics',
];

/**
 * Permissions whose use reads or writes PHI (HIPAA 45 CFR 160.103): such a route needs a clinic and a purpose of use, and its
 * use is entered in the access log. Access logs and audit trails count, because they tell who is whose patient.
 */
export const phiPermissions: ReadonlySet<Permission> = new Set(
  PERMISSIONS.filter((permission) => !WITHOUT_PHI.includes(permission)),
);
