/** Every role a person can act in. All but SUPER_ADMIN are held in a clinic; SUPER_ADMIN is held on the platform. */
export const ROLES = [
  'SUPER_ADMIN',
  'CLINIC_ADMIN',
  'DOCTOR',
  'PATIENT',
  'RECEPTIONIST',
  'PHARMACIST',
  'THERAPIST',
  'LAB_TECHNICIAN',
  'FINANCE_BILLING',
  'SUPPORT_STAFF',
  'NURSE',
  'COUNSELOR',
  'INSURER',
] as const;

/** A role of the platform or of a clinic. */
export type Role = (typeof ROLES)[number];

/** A role that a membership in a clinic can carry. */
export type ClinicRole = Exclude<Role, 'SUPER_ADMIN'>;

/** The roles that a membership can carry, in the order of `ROLES`. */
export const CLINIC_ROLES: readonly ClinicRole[] = ROLES.filter((role) => role !== 'SUPER_ADMIN');

/** Roles that take part in treatment: their default purpose of use is TREAT (HL7 v3 PurposeOfUse). */
export const CARE_ROLES: ReadonlySet<Role> = new Set<Role>([
  'DOCTOR',
  'NURSE',
  'THERAPIST',
  'COUNSELOR',
  'PHARMACIST',
  'LAB_TECHNICIAN',
]);

/** Whether a text from a token, a database or a request names a role. */
export function isRole(value: unknown): value is Role {
  return typeof value === 'string' && (ROLES as readonly string[]).includes(value);
}
