import type { RecordContent } from '../medical-records/index.ts';
import type { PatientDetails } from '../patients/index.ts';
import type { ClinicVisits, PatientPlan, VisitPlan } from './reading/index.ts';

/** One patient as one clinic takes it. */
export interface ImportedPatient {
  readonly sourceKey: string;
  readonly details: PatientDetails;
  readonly visits: readonly ImportedVisit[];
}

/** One visit as it becomes a medical record. */
export interface ImportedVisit {
  readonly sourceKey: string;
  readonly practitionerId: string | null;
  readonly visitStart: Date;
  readonly visitEnd: Date | null;
  readonly content: RecordContent;
}

/** Answers the row id of a planned practitioner. */
export type PractitionerLookup = (clinicRef: string, ref: string) => string | null;

/** The parts of a planned patient that belong to one clinic. */
export function importedPatient(
  plan: PatientPlan,
  parts: readonly ClinicVisits[],
  practitionerOf: PractitionerLookup,
): ImportedPatient {
  return {
    sourceKey: plan.sourceKey,
    details: detailsOf(plan),
    visits: parts.flatMap(({ clinicRef, visits }) =>
      visits.map((visit) => importedVisit(visit, (ref) => practitionerOf(clinicRef, ref))),
    ),
  };
}

function detailsOf(plan: PatientPlan): PatientDetails {
  const { name, otherNames, birthDate, gender, deceasedAt, contacts, identifiers, ssn } = plan;
  return { name, otherNames, birthDate, gender, deceasedAt, contacts, identifiers, ssn };
}

function importedVisit(visit: VisitPlan, practitionerOf: (ref: string) => string | null): ImportedVisit {
  const { sourceKey, practitionerRef, visitStart, visitEnd, diagnosis, treatment } = visit;
  return {
    sourceKey,
    practitionerId: practitionerRef === null ? null : practitionerOf(practitionerRef),
    visitStart: new Date(visitStart),
    visitEnd: visitEnd === null ? null : new Date(visitEnd),
    content: { diagnosis, treatment },
  };
}
