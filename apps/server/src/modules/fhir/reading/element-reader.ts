import { asObject, type JsonObject, objectAt, textAt } from './fhir-json.ts';
import type { ElementLocation } from './index-bundle.ts';
import type { RandomAccessSource } from './random-access-source.ts';
import { readElement } from './read-element.ts';

/** A resource out of a file, with the full URL of its bundle entry. */
export interface FoundResource {
  readonly resource: JsonObject;
  readonly type: string;
  readonly fullUrl: string | undefined;
}

const RESOURCE_TYPE = /^[A-Z][A-Za-z]{1,63}$/;

/** Reads the resource at a place; undefined when the element there holds none with a resource type. Refuses like `readElement`. */
export async function readResource(
  source: RandomAccessSource,
  place: ElementLocation,
): Promise<FoundResource | undefined> {
  const element = asObject(await readElement(source, place));
  const resource = place.form === 'entry' ? objectAt(element, 'resource') : element;
  const type = textAt(resource, 'resourceType');
  if (resource === undefined || type === undefined || !RESOURCE_TYPE.test(type)) return undefined;
  const fullUrl = place.form === 'entry' ? textAt(element, 'fullUrl') : undefined;
  return { resource, type, fullUrl };
}
