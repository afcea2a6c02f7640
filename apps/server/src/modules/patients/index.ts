export { OwnPatientsController } from './own-patients.controller.ts';
export type { PatientDetails } from './patient.ts';
export { findPatientKey } from './patient-key.repository.ts';
export {
  patientInserts,
  patientUpdate,
} from './patient-statements.repository.ts';
export { PatientsController } from './patients.controller.ts';
export { patientsErrors } from './patients.errors.ts';
export { PatientsRepository } from './patients.repository.ts';
export { PatientsService } from './patients.service.ts';
