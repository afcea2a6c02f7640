export { ClinicCipher } from './clinic-cipher.ts';
export { EncryptionService, type WrappedKeySource } from './encryption.service.ts';
export { PatientCipher } from './patient-cipher.ts';
export {
  PATIENT_FIELDS,
  type PatientField,
  type PhiKind,
  PLATFORM_FIELDS,
  type PlatformField,
  SEARCH_FIELDS,
  type SearchField,
} from './phi-fields.ts';
export { PlatformCipher } from './platform-cipher.ts';
export { emailTerm, identifierTerms, nameTerms, ssnTerm } from './search-terms.ts';
