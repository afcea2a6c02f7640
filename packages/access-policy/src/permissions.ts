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

/**
 * Permissions by which rights are given and taken, and doors are opened and closed: of accounts, of clinics, of a patient's rows to an
 * account, of the platform's keys and sessions. A route that changes something by one of them needs a recent proof of the person: whoever
 * finds a session open must not be able to stay by it (ASVS 5.0, 7.5.3; RFC 9470).
 */
export const permissionsOverRights: ReadonlySet<Permission> = new Set<Permission>([
  'manage_users',
  'configure_system',
  'manage_doctors',
  'link_patient_accounts',
  'create_clinics',
]);

/** Permissions that are granted and open no route yet, and the part of the product that they are for. */
export const PERMISSIONS_OF_LATER_PARTS: Readonly<Partial<Record<Permission, string>>> = {
  update_own_profile: "the patients' own pages, on which they correct how they can be reached",
  submit_claims: 'claims',
  view_own_claims: 'claims',
  upload_documents: 'documents',
  review_claims: 'claims',
  view_all_claims: 'claims',
  approve_claims: 'claims',
  reject_claims: 'claims',
  view_analytics: 'analytics of claims',
  manage_policies: 'insurance policies',
  manage_doctors: "the clinic's register of doctors; who is one is a role, which `manage_users` gives",
};
