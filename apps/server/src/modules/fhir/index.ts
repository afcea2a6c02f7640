export { ClinicImport } from './clinic-import.ts';
export { ImportController } from './import.controller.ts';
export { ImportRepository } from './import.repository.ts';
export { type ImportProgress, ImportService } from './import.service.ts';
export { OperatorTarget } from './import-target.ts';
export { OperatorImport } from './operator-import.ts';
