/** The little of FHIR R4 that the generated bundles need. */
export interface Resource {
  readonly resourceType: string;
  readonly id: string;
  readonly [member: string]: unknown;
}

/** A Bundle of type collection. */
export interface Bundle {
  readonly resourceType: 'Bundle';
  readonly type: 'collection';
  readonly entry: readonly { readonly fullUrl: string; readonly resource: Resource }[];
}

/** A bundle with the file name that suits it. */
export interface NamedBundle {
  readonly fileName: string;
  readonly bundle: Bundle;
}

/** Puts resources into a bundle. */
export function bundleOf(resources: readonly Resource[]): Bundle {
  const entry = resources.map((resource) => ({ fullUrl: `urn:uuid:${resource.id}`, resource }));
  return { resourceType: 'Bundle', type: 'collection', entry };
}

/** A reference to another resource of the same import. */
export function referenceTo({ id }: Resource): { readonly reference: string } {
  return { reference: `urn:uuid:${id}` };
}

/** A concept with a code of ICD-10-CM. */
export function icd10(code: string, text: string) {
  return { text, coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code, display: text }] };
}
