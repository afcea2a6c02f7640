import { errorTable } from '@careward/kernel';

/**
 * Why a file, a resource or a part of one is not imported. The first group stops a file, the second leaves out one resource, the
 * third one part of a resource that is otherwise imported. Every message is fixed text: no content of a file is ever repeated.
 */
export const fhirReadingErrors = errorTable({
  'fhir-json-malformed': { category: 'invalid-input', publicMessage: 'The file is not well-formed JSON.' },
  'fhir-json-truncated': {
    category: 'invalid-input',
    publicMessage: 'The file ends in the middle of its content.',
  },
  'fhir-several-documents': {
    category: 'unsupported-media',
    publicMessage: 'The file holds more than one JSON document. Send one FHIR Bundle or resource a file.',
  },
  'fhir-not-a-resource': {
    category: 'unprocessable',
    publicMessage: 'The file is JSON, but neither a FHIR Bundle nor a FHIR resource.',
  },
  'fhir-too-many-resources': {
    category: 'too-large',
    publicMessage: 'The file holds more resources than one import may.',
  },

  'fhir-element-too-large': { category: 'too-large', publicMessage: 'A resource is larger than 8 MB.' },
  'fhir-json-too-deep': {
    category: 'unprocessable',
    publicMessage: 'A resource is nested deeper than 100 levels.',
  },
  'fhir-duplicate-member': {
    category: 'unprocessable',
    publicMessage: 'An object names the same member twice, so its meaning is open.',
  },
  'fhir-resource-malformed': {
    category: 'unprocessable',
    publicMessage: 'A bundle entry holds no resource with a resource type.',
  },
  'fhir-version-unsupported': {
    category: 'unprocessable',
    publicMessage: 'The resource is of another FHIR version than R4.',
  },
  'fhir-source-id-missing': {
    category: 'unprocessable',
    publicMessage: 'The resource has no identifier or id, so importing it again could not find it.',
  },
  'fhir-name-missing': {
    category: 'unprocessable',
    publicMessage: 'The patient or organization has no usable name.',
  },
  'fhir-birth-date-missing': { category: 'unprocessable', publicMessage: 'The patient has no birth date.' },
  'fhir-birth-date-invalid': {
    category: 'unprocessable',
    publicMessage: 'The birth date is incomplete, impossible or in the future.',
  },
  'fhir-patient-conflict': {
    category: 'unprocessable',
    publicMessage:
      'Another patient, of the import or of the clinic, has the same identifier and another birth date.',
  },
  'fhir-patient-refused': {
    category: 'unprocessable',
    publicMessage: 'The patient of the visit was refused, and the visit with it.',
  },
  'fhir-subject-missing': { category: 'unprocessable', publicMessage: 'The resource names no patient.' },
  'fhir-subject-mismatch': {
    category: 'unprocessable',
    publicMessage: 'The resource names another patient than the visit it belongs to.',
  },
  'fhir-reference-unresolved': {
    category: 'unprocessable',
    publicMessage: 'The resource refers to a patient or visit that is not in the import.',
  },
  'fhir-reference-ambiguous': {
    category: 'unprocessable',
    publicMessage: 'The resource refers to several resources of the import at once.',
  },
  'fhir-clinic-missing': {
    category: 'unprocessable',
    publicMessage:
      'No clinic could be found: the organization is not named, not in the import or not a provider.',
  },
  'fhir-visit-time-invalid': {
    category: 'unprocessable',
    publicMessage: 'The visit has no start, an impossible time, or an end before its start.',
  },
  'fhir-visit-not-held': {
    category: 'unprocessable',
    publicMessage: 'The visit has not taken place: it is planned, cancelled or entered in error.',
  },
  'fhir-visit-missing': {
    category: 'unprocessable',
    publicMessage: 'The resource names no visit, and no visit of the patient contains its time.',
  },
  'fhir-visit-refused': {
    category: 'unprocessable',
    publicMessage: 'The visit of the resource was refused, and the resource with it.',
  },
  'fhir-entered-in-error': {
    category: 'unprocessable',
    publicMessage: 'The resource is marked as entered in error, refuted or not done.',
  },
  'fhir-text-missing': {
    category: 'unprocessable',
    publicMessage: 'The resource has neither text nor a code with a display.',
  },
  'fhir-text-unusable': {
    category: 'unprocessable',
    publicMessage: 'Diagnosis or treatment is longer than 10,000 characters or holds control characters.',
  },

  'fhir-member-unusable': {
    category: 'unprocessable',
    publicMessage: 'A part of the resource breaks a rule and was left out; the rest was taken.',
  },
  'fhir-practitioner-unresolved': {
    category: 'unprocessable',
    publicMessage: 'The practitioner of the visit is not in the import; the visit was taken without.',
  },
});

/** A code of {@link fhirReadingErrors}. */
export type FhirReadingCode = keyof typeof fhirReadingErrors.codes;
