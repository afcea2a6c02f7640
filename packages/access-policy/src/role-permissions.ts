/**
 * Who may do what, and how far it reaches. This table is the whole policy: no other file grants anything.
 *
 * Defends: PHI from people whose work does not need it, in their own clinic and on the platform (HIPAA 164.312(a), 164.502(b)).
 * Against: curious or compromised accounts of staff, administrators and operators.
 * Does not: decide whose row it is. `clinic` and `own` are held by the decision (`can`) and again by the database's policies.
 *
 * The permissions of patient, doctor, insurer and administrator that the claims platform names are held exactly. Its one
 * administrator is two people here (`CLAIMS_PLATFORM_ACTORS`): CLINIC_ADMIN runs a clinic, SUPER_ADMIN runs the platform, and neither
 * reads a diagnosis.
 */
import type { Permission } from './permissions.ts';
import type { Role } from './roles.ts';

/**
 * How far a grant reaches: `own` only what belongs to the acting account, `clinic` everything of the clinic in which the role is
 * held, `platform` what lies outside the clinics and the non-clinical administration of all of them.
 */
export type Scope = 'own' | 'clinic' | 'platform';

/** The permissions of one role; what is not listed is refused. */
export type Grants = Readonly<Partial<Record<Permission, Scope>>>;

/** Role by permission. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, Grants>> = frozen({
  SUPER_ADMIN: {
    manage_users: 'platform',
    view_system_logs: 'platform',
    configure_system: 'platform',
    create_clinics: 'platform',
    view_clinics: 'platform',
  },
  CLINIC_ADMIN: {
    manage_users: 'clinic',
    manage_doctors: 'clinic',
    view_audit_trails: 'clinic',
    link_patient_accounts: 'clinic',
    view_access_logs: 'clinic',
    import_records: 'clinic',
    view_own_clinics: 'own',
  },
  DOCTOR: {
    view_patient_profiles: 'clinic',
    submit_claims: 'clinic',
    review_claims: 'clinic',
    update_medical_records: 'clinic',
    view_medical_history: 'clinic',
    create_medical_records: 'clinic',
    view_own_clinics: 'own',
  },
  PATIENT: {
    view_own_profile: 'own',
    update_own_profile: 'own',
    submit_claims: 'own',
    view_own_claims: 'own',
    upload_documents: 'own',
    view_own_medical_history: 'own',
    view_own_access_log: 'own',
    view_own_clinics: 'own',
  },
  RECEPTIONIST: {
    view_patient_profiles: 'clinic',
    register_patients: 'clinic',
    update_patient_profiles: 'clinic',
    link_patient_accounts: 'clinic',
    view_own_clinics: 'own',
  },
  PHARMACIST: {
    view_patient_profiles: 'clinic',
    view_medical_history: 'clinic',
    view_own_clinics: 'own',
  },
  THERAPIST: {
    view_patient_profiles: 'clinic',
    view_medical_history: 'clinic',
    create_medical_records: 'clinic',
    view_own_clinics: 'own',
  },
  LAB_TECHNICIAN: {
    view_patient_profiles: 'clinic',
    view_medical_history: 'clinic',
    view_own_clinics: 'own',
  },
  FINANCE_BILLING: {
    view_patient_profiles: 'clinic',
    view_own_clinics: 'own',
  },
  SUPPORT_STAFF: {
    view_own_clinics: 'own',
  },
  NURSE: {
    view_patient_profiles: 'clinic',
    view_medical_history: 'clinic',
    create_medical_records: 'clinic',
    view_own_clinics: 'own',
  },
  COUNSELOR: {
    view_patient_profiles: 'clinic',
    view_medical_history: 'clinic',
    create_medical_records: 'clinic',
    view_own_clinics: 'own',
  },
  INSURER: {
    view_all_claims: 'clinic',
    approve_claims: 'clinic',
    reject_claims: 'clinic',
    view_analytics: 'clinic',
    manage_policies: 'clinic',
    view_own_clinics: 'own',
  },
});

/** Which roles are the four actors of the claims platform. Together they hold what it promises the actor, and nothing more of its list. */
export const CLAIMS_PLATFORM_ACTORS = {
  patient: ['PATIENT'],
  doctor: ['DOCTOR'],
  insurer: ['INSURER'],
  admin: ['SUPER_ADMIN', 'CLINIC_ADMIN'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

/** The scope in which a role holds a permission, or undefined when it does not. An unknown role holds nothing. */
export function grantedScope(role: Role, permission: Permission): Scope | undefined {
  if (!Object.hasOwn(ROLE_PERMISSIONS, role)) return undefined;
  const grants = ROLE_PERMISSIONS[role];
  return Object.hasOwn(grants, permission) ? grants[permission] : undefined;
}

function frozen(table: Record<Role, Grants>): Readonly<Record<Role, Grants>> {
  for (const grants of Object.values(table)) Object.freeze(grants);
  return Object.freeze(table);
}
