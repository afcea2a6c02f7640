export type { PatientDetails } from './patient.ts';
export { type NewPatient, patientInserts, type PatientSource, patientUpdate } from './patient-statements.repository.ts';
export { OwnPatientsController } from './own-patients.controller.ts';
export { PatientsController } from './patients.controller.ts';
export { patientsErrors } from './patients.errors.ts';
export { PatientsRepository } from './patients.repository.ts';
export { PatientsService } from './patients.service.ts';
