/** Reading FHIR R4 files: from bytes to a plan of what to import. Pure but for the sources it is given. */
export { type FhirReadingCode, fhirReadingErrors } from './fhir-reading.errors.ts';
export type {
  ClinicVisits,
  OrganizationPlan,
  PatientPlan,
  PlanStep,
  PractitionerPlan,
  VisitPlan,
} from './import-plan.ts';

export { planImport } from './plan-import.ts';
export { bufferSource, fileSource, type RandomAccessSource } from './random-access-source.ts';
