/** An object out of a file that nobody has vouched for. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value as an object, or undefined: arrays and null are none. */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** A member that is an object. */
export function objectAt(parent: JsonObject | undefined, name: string): JsonObject | undefined {
  return asObject(parent?.[name]);
}

/** The objects of a member that is a list; everything else in it is passed over. */
export function objectsAt(parent: JsonObject | undefined, name: string): JsonObject[] {
  const value = parent?.[name];
  if (!Array.isArray(value)) return [];
  return value.map((each: unknown) => asObject(each)).filter((each) => each !== undefined);
}

/** A member that is a text with something in it. */
export function textAt(parent: JsonObject | undefined, name: string): string | undefined {
  const value = parent?.[name];
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** The texts of a member that is a list. */
export function textsAt(parent: JsonObject | undefined, name: string): string[] {
  const value = parent?.[name];
  if (!Array.isArray(value)) return [];
  return value.filter((each: unknown) => typeof each === 'string' && each.trim() !== '');
}

/** The literal reference of a member of type Reference (FHIR R4 section 2.3.0). */
export function referenceAt(parent: JsonObject | undefined, name: string): string | undefined {
  return textAt(objectAt(parent, name), 'reference');
}

/** The codes of a CodeableConcept, of any system. */
export function codesOf(concept: JsonObject | undefined): string[] {
  return objectsAt(concept, 'coding').flatMap((coding) => textAt(coding, 'code') ?? []);
}
