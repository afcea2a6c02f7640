/** What an import is to do, resource by resource. Plain values; the patients carry PHI and are for the importer only. */
import type { Contacts, Gender, Identifier, PersonName } from '@careward/api-schema';
import type { FhirReadingCode } from './fhir-reading.errors.ts';

/** A provider organization: a clinic. `sourceIds` name it in other systems, the first is its `ref`; none belongs to another one. */
export interface OrganizationPlan {
  /** What visits call it: the first of `sourceIds`. */
  readonly ref: string;
  readonly sourceIds: readonly string[];
  readonly name: string;
  /** It exists already and the files only refer to it: `name` is its id, for want of more. */
  readonly known: boolean;
}

/** A practitioner in one clinic. The same person in two clinics is two of these. */
export interface PractitionerPlan {
  readonly clinicRef: string;
  /** What visits call the practitioner, unique within the clinic. */
  readonly ref: string;
  readonly sourceIds: readonly string[];
  readonly name: string;
}

/** One visit: what becomes a medical record. */
export interface VisitPlan {
  /** Stable over imports and unique within the patient. */
  readonly sourceKey: string;
  /** The `ref` of a practitioner planned for the same clinic. */
  readonly practitionerRef: string | null;
  /** ISO 8601 with offset. */
  readonly visitStart: string;
  readonly visitEnd: string | null;
  /** 1 to 10,000 characters. */
  readonly diagnosis: string;
  readonly treatment: string;
}

/** The visits of a patient in one clinic, oldest first; none when the patient is only registered there. */
export interface ClinicVisits {
  readonly clinicRef: string;
  readonly visits: readonly VisitPlan[];
}

/** One person, in every clinic that the import shows the person in. */
export interface PatientPlan {
  /** Stable over imports: `system|value` of an identifier, else the id the source gives. */
  readonly sourceKey: string;
  readonly name: PersonName;
  /** Maiden and other names. */
  readonly otherNames: readonly PersonName[];
  readonly birthDate: string;
  readonly gender: Gender | null;
  /** A point in time with offset, or a day. */
  readonly deceasedAt: string | null;
  readonly contacts: Contacts;
  /** Nine digits. */
  readonly ssn: string | null;
  readonly identifiers: readonly Identifier[];
  readonly clinics: readonly ClinicVisits[];
}

/**
 * What was not taken and why, in the shape of the import report and without PHI: `resource` is a type with the source's id, or the
 * place in the file. `lost` says how much: a whole file, a patient, a visit, or a part of something that was otherwise taken.
 */
export interface PlanRefusal {
  readonly file: string;
  readonly resource: string;
  readonly code: FhirReadingCode;
  readonly reason: string;
  readonly lost: 'file' | 'patient' | 'visit' | 'part';
}

/** What the files held, and what of it Careward does not take, by resource type. */
export interface PlanSummary {
  readonly files: number;
  readonly resources: number;
  readonly ignored: Readonly<Record<string, number>>;
}

/** One step of an import plan. Organizations come before practitioners, both before patients; the summary comes last. */
export type PlanStep =
  | { readonly kind: 'organization'; readonly organization: OrganizationPlan }
  | { readonly kind: 'practitioner'; readonly practitioner: PractitionerPlan }
  | { readonly kind: 'patient'; readonly patient: PatientPlan }
  | { readonly kind: 'refusal'; readonly refusal: PlanRefusal }
  | { readonly kind: 'summary'; readonly summary: PlanSummary };

/** Where the import may place what names no clinic, and what is known from before. */
export interface PlanOptions {
  /** The clinic for visits and patients that name none: the caller's own. Any text; it comes back as `clinicRef`. */
  readonly defaultClinicRef?: string | undefined;
  /** The most resources of all files together; the file with one more is refused whole. Without limit unless given. */
  readonly maxResources?: number | undefined;
  /** Whether a clinic of this source id exists already; asked once for each organization that the files name but do not hold. */
  readonly isKnownClinic?: ((sourceId: string) => boolean | Promise<boolean>) | undefined;
}
