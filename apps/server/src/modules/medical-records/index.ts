export type { RecordContent } from './medical-record.ts';
export { MedicalRecordsController } from './medical-records.controller.ts';

export { MedicalRecordsRepository } from './medical-records.repository.ts';
export { MedicalRecordsService } from './medical-records.service.ts';
export { OwnMedicalRecordsController } from './own-medical-records.controller.ts';
export { type NewMedicalRecord, recordCorrection, recordInserts } from './record-statements.repository.ts';
