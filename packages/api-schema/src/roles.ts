import { z } from 'zod';

/** A role that a membership in a clinic carries. */
export const ClinicRole = z
  .enum([
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
  ])
  .meta({ id: 'ClinicRole', description: 'A role in a clinic.' });
export type ClinicRole = z.infer<typeof ClinicRole>;

/** The role held on the platform instead of in a clinic. */
export const PlatformRole = z
  .enum(['SUPER_ADMIN'])
  .meta({ id: 'PlatformRole', description: 'A role on the platform, outside every clinic.' });
export type PlatformRole = z.infer<typeof PlatformRole>;

/** Why data was used (HL7 v3 value set PurposeOfUse). */
export const PurposeOfUse = z
  .enum(['TREAT', 'ETREAT', 'HPAYMT', 'HOPERAT', 'PATRQT', 'PUBHLTH', 'HRESCH', 'HCOMPL'])
  .meta({ id: 'PurposeOfUse', description: 'HL7 v3 PurposeOfUse.' });
export type PurposeOfUse = z.infer<typeof PurposeOfUse>;
