import { PersonName } from '@careward/api-schema';
import { type JsonObject, objectsAt, textAt, textsAt } from './fhir-json.ts';

/** Names in use before those that were (FHIR R4 name-use). */
const USE_ORDER = ['official', 'usual', undefined, 'nickname', 'anonymous', 'temp', 'old', 'maiden'];

/** The names of a person that can be used, the official one first, and how many could not. Prefixes and suffixes are no part. */
export function personNames(person: JsonObject): { names: PersonName[]; unusable: number } {
  const given = objectsAt(person, 'name').toSorted((a, b) => rank(a) - rank(b));
  const names = given.flatMap((each) => personName(each) ?? []);
  return { names, unusable: given.length - names.length };
}

/** The name of a practitioner as one shows it. */
export function displayName(person: JsonObject): string | undefined {
  return personNames(person).names[0]?.text;
}

function personName(name: JsonObject): PersonName | undefined {
  const family = textAt(name, 'family');
  const given = textsAt(name, 'given');
  const text = textAt(name, 'text') ?? [...given, family ?? ''].join(' ').trim();
  const parsed = PersonName.safeParse({
    text,
    ...(family && { family }),
    ...(given.length > 0 && { given }),
  });
  return parsed.success ? parsed.data : undefined;
}

function rank(name: JsonObject): number {
  const at = USE_ORDER.indexOf(textAt(name, 'use'));
  return at < 0 ? USE_ORDER.length : at;
}
