/**
 * The forms in which FHIR R4 resources name each other (section 2.3.0), brought to keys that compare equal when they mean the same:
 * a UUID stands for itself in whatever form it comes (`urn:uuid:`, `Type/id`, a URL that ends so), a conditional reference is
 * `Type?system|value`, the rest stay as they are written.
 */
import { isUuid } from '@careward/kernel';
import type { JsonObject } from './fhir-json.ts';
import { objectsAt, textAt } from './fhir-json.ts';

const LITERAL =
  /^(.*?)(?:^|\/)([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/;
const FHIR_ID = /^[A-Za-z0-9.-]{1,64}$/;
const MAX_REFERENCE = 600;

/** The keys to look a reference up by, the most exact first; none for a form that cannot be resolved. `#contained` is none. */
export function referenceKeys(reference: string): string[] {
  if (reference.length > MAX_REFERENCE || reference.startsWith('#') || !reference.isWellFormed()) return [];
  if (/^urn:uuid:/i.test(reference)) return [reference.slice('urn:uuid:'.length).toLowerCase()];
  if (reference.includes('?')) return conditionalKeys(reference);
  const [, base = '', type = '', id = ''] = LITERAL.exec(reference) ?? [];
  if (id === '') return [reference];
  if (isUuid(id)) return [id.toLowerCase()];
  return base === '' ? [`${type}/${id}`] : [`${base}/${type}/${id}`, `${type}/${id}`];
}

/** The keys under which a resource can be referred to: by its id, by the entry's full URL, by each of its identifiers. */
export function definedKeys(resource: JsonObject, type: string, fullUrl: string | undefined): string[] {
  const id = idOf(resource);
  const byId = id === undefined ? [] : [isUuid(id) ? id.toLowerCase() : `${type}/${id}`];
  const byUrl = fullUrl === undefined ? [] : referenceKeys(fullUrl).slice(0, 1);
  const byIdentifier = identifierTokens(resource).map((token) => `${type}?${token}`);
  return [...new Set([...byId, ...byUrl, ...byIdentifier])];
}

/** The id of a resource when it is one by the rules (FHIR R4 `id`). */
export function idOf(resource: JsonObject): string | undefined {
  const id = textAt(resource, 'id');
  return id !== undefined && FHIR_ID.test(id) ? id : undefined;
}

/** `system|value` of each identifier that has both, short enough to be kept. */
function identifierTokens(resource: JsonObject): string[] {
  return objectsAt(resource, 'identifier').flatMap((identifier) => identifierToken(identifier) ?? []);
}

/** `system|value` of one identifier. */
export function identifierToken(identifier: JsonObject): string | undefined {
  const system = textAt(identifier, 'system');
  const value = textAt(identifier, 'value');
  if (system === undefined || value === undefined || /[\s|]/u.test(system)) return undefined;
  const token = `${system}|${value.trim()}`;
  return token.length <= 300 && token.isWellFormed() && !/\p{Cc}/u.test(token) ? token : undefined;
}

function conditionalKeys(reference: string): string[] {
  const [, type, query = ''] = /^(?:.*\/)?([A-Z][A-Za-z]{1,63})\?(.*)$/s.exec(reference) ?? [];
  if (type === undefined) return [];
  const criteria = query.split('&').map(decoded);
  const token = criteria.length === 1 ? /^identifier=([^|]+\|.+)$/s.exec(criteria[0] ?? '')?.[1] : undefined;
  return token === undefined ? [] : [`${type}?${token}`];
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
