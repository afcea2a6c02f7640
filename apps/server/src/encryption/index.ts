export { ClinicCipher } from './clinic-cipher.ts';
export { EncryptionService, type WrappedKeySource } from './encryption.service.ts';
export { PatientCipher } from './patient-cipher.ts';

export { PlatformCipher } from './platform-cipher.ts';
export { identifierTerms, nameTerms, ssnTerm } from './search-terms.ts';
