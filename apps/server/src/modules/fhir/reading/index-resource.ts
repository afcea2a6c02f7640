import { isUuid } from '@careward/kernel';
import { NONE } from './columns.ts';
import type { FoundResource } from './element-reader.ts';
import { codesOf, type JsonObject, objectAt, objectsAt, referenceAt, textAt } from './fhir-json.ts';
import type { FhirReadingCode } from './fhir-reading.errors.ts';
import { isForeignVersion } from './fhir-version.ts';
import type { ElementLocation } from './index-bundle.ts';
import { patientSourceKey, typesOf, worldwideId } from './patient-identity.ts';
import { displayName } from './person-names.ts';
import { definedKeys, identifierToken, idOf, referenceKeys } from './reference-keys.ts';
import { ITEM_TYPES, type ResourceTable, type RowKind } from './resource-table.ts';

/** What became of a resource: remembered, of a type that Careward does not take, or refused. */
export type Indexed = 'taken' | 'ignored' | FhirReadingCode;

/** A resource with where it lies. */
interface Placed extends FoundResource {
  readonly table: ResourceTable;
  readonly source: number;
  readonly place: ElementLocation;
}

/** Numbers of the row kinds in `definitions`. */
export const KIND_NUMBERS: Readonly<Record<RowKind, number>> = {
  patients: 0,
  encounters: 1,
  items: 2,
  medications: 3,
};

/** Identifier types that several organizations of one owner share. */
const SHARED_TYPES = ['TAX', 'EN'];

/** Organization types that pay for care instead of giving it (FHIR R4 organization-type). */
const PAYER_TYPES = ['pay', 'ins'];

/** Identifier types that only payers have. */
const PAYER_NUMBER_TYPES = ['payerid', 'naiccode'];

/** Remembers of a resource what linking needs. Nothing of its content stays but keys and the names of organizations and practitioners. */
export function indexResource(
  table: ResourceTable,
  source: number,
  place: ElementLocation,
  found: FoundResource,
): Indexed {
  if (isForeignVersion(found.resource, found.type)) return 'fhir-version-unsupported';
  const placed: Placed = { ...found, table, source, place };
  switch (found.type) {
    case 'Patient':
      return indexPatient(placed);
    case 'Organization':
      return indexOrganization(placed);
    case 'Practitioner':
      return indexPractitioner(placed);
    case 'PractitionerRole':
      return indexRole(placed);
    case 'Encounter':
      return indexEncounter(placed);
    case 'Medication':
      return define(placed, 'medications', table.medications.add(placeOf(placed)));
    default:
      return indexItem(placed);
  }
}

function indexPatient(placed: Placed): Indexed {
  const { table, resource, fullUrl } = placed;
  const sourceKey = patientSourceKey(resource, fullUrl);
  if (sourceKey === undefined) return 'fhir-source-id-missing';
  const row = table.patients.add({
    ...placeOf(placed),
    identity: table.intern(sourceKey),
    birth: Number((textAt(resource, 'birthDate') ?? '').replaceAll('-', '')) || 0,
    organization: referenceKey(placed, 'managingOrganization'),
  });
  return define(placed, 'patients', row);
}

function indexOrganization(placed: Placed): Indexed {
  const name = textAt(placed.resource, 'name');
  if (name === undefined) return 'fhir-name-missing';
  placed.table.organizations.push(mentionOf(placed, name, givesCare(placed.resource)));
  return 'taken';
}

function givesCare(organization: JsonObject): boolean {
  const types = objectsAt(organization, 'type').flatMap(codesOf);
  const numbers = objectsAt(organization, 'identifier').flatMap(typesOf);
  if (types.length === 0) return !numbers.some((type) => PAYER_NUMBER_TYPES.includes(type));
  return types.some((type) => !PAYER_TYPES.includes(type));
}

function indexPractitioner(placed: Placed): Indexed {
  const name = displayName(placed.resource);
  if (name === undefined) return 'fhir-name-missing';
  placed.table.practitioners.push(mentionOf(placed, name, true));
  return 'taken';
}

function indexRole(placed: Placed): Indexed {
  const { table, resource } = placed;
  const practitioner = referenceKey(placed, 'practitioner');
  const organization = referenceKey(placed, 'organization');
  for (const key of definedKeys(resource, placed.type, placed.fullUrl)) {
    table.roles.add({ key: table.intern(key), practitioner, organization });
  }
  return 'taken';
}

function indexEncounter(placed: Placed): Indexed {
  const { table } = placed;
  const place = placeOf(placed);
  if (place.own === NONE) return 'fhir-source-id-missing';
  const row = table.encounters.add({
    ...place,
    subject: referenceKey(placed, 'subject'),
    organization: organizationKey(placed),
    practitioner: practitionerKey(placed),
  });
  return define(placed, 'encounters', row);
}

function indexItem(placed: Placed): Indexed {
  const { table, type } = placed;
  const number = (ITEM_TYPES as readonly string[]).indexOf(type);
  if (number < 0) return 'ignored';
  const row = table.items.add({
    ...placeOf(placed),
    type: number,
    subject: referenceKey(placed, type === 'Immunization' ? 'patient' : 'subject'),
    encounter: referenceKey(placed, 'encounter'),
  });
  return type === 'Condition' ? define(placed, 'items', row) : 'taken';
}

function define(placed: Placed, kind: RowKind, row: number): Indexed {
  const { table, resource, type, fullUrl } = placed;
  for (const key of definedKeys(resource, type, fullUrl)) {
    table.definitions.add({ key: table.intern(key), kind: KIND_NUMBERS[kind], row });
  }
  return 'taken';
}

function placeOf({ table, source, place, resource, type, fullUrl }: Placed) {
  const [own] = definedKeys(resource, type, fullUrl);
  return {
    source,
    offset: place.offset,
    length: place.length,
    members: place.members,
    depth: place.depth,
    form: place.form === 'entry' ? 1 : 0,
    own: own === undefined ? NONE : table.intern(own),
  };
}

/** The key that a member refers to, or NONE. What is written but cannot be a reference keeps a key of its own that finds nothing. */
function referenceKey({ table, resource }: Placed, member: string): number {
  const reference = referenceAt(resource, member);
  if (reference === undefined) return NONE;
  return table.intern(referenceKeys(reference)[0] ?? `?${reference.slice(0, 64)}`);
}

function organizationKey(placed: Placed): number {
  const contained = containedOf(placed, referenceAt(placed.resource, 'serviceProvider'));
  const name = textAt(contained, 'name');
  if (contained === undefined || name === undefined) return referenceKey(placed, 'serviceProvider');
  return mentionContained(placed, contained, name, placed.table.organizations);
}

/** The person who cared: the primary performer or attender where one is marked, else the first who is no relative. */
function practitionerKey(placed: Placed): number {
  const actors = objectsAt(placed.resource, 'participant').filter(isPractitioner);
  const actor = actors.find(isPrimary) ?? actors[0];
  if (actor === undefined) return NONE;
  const individual = objectAt(actor, 'individual');
  const contained = containedOf(placed, textAt(individual, 'reference'));
  const name = contained === undefined ? undefined : displayName(contained);
  if (contained !== undefined && name !== undefined) {
    return mentionContained(placed, contained, name, placed.table.practitioners);
  }
  return displayedPractitioner(placed.table, actor, textAt(individual, 'display'));
}

function displayedPractitioner(table: ResourceTable, actor: JsonObject, display: string | undefined): number {
  const reference = referenceAt(actor, 'individual');
  const byReference = reference === undefined ? undefined : referenceKeys(reference)[0];
  const text = byReference ?? (display === undefined ? undefined : `Practitioner#${display}`);
  if (text === undefined) return NONE;
  const key = table.intern(text);
  if (display !== undefined && !table.displays.has(key)) table.displays.set(key, display);
  return key;
}

function isPractitioner(participant: JsonObject): boolean {
  const individual = objectAt(participant, 'individual');
  const kind = textAt(individual, 'type') ?? textAt(individual, 'reference') ?? '';
  return individual !== undefined && !kind.includes('RelatedPerson');
}

function isPrimary(participant: JsonObject): boolean {
  return objectsAt(participant, 'type')
    .flatMap(codesOf)
    .some((code) => code === 'PPRF' || code === 'ATND');
}

function containedOf({ resource }: Placed, reference: string | undefined): JsonObject | undefined {
  if (reference === undefined || !reference.startsWith('#')) return undefined;
  return objectsAt(resource, 'contained').find((each) => textAt(each, 'id') === reference.slice(1));
}

/** A contained resource has no id of its own: it is known by its identifiers, and a practitioner without any by name. */
function mentionContained(
  placed: Placed,
  contained: JsonObject,
  name: string,
  mentions: ResourceTable['organizations'],
): number {
  const { id: _, ...anonymous } = contained;
  const type = textAt(contained, 'resourceType') ?? '';
  const mention = mentionOf({ ...placed, resource: anonymous, type, fullUrl: undefined }, name, true);
  const key = mention.keys[0] ?? placed.table.intern(`${type}#${name}`);
  if (mention.keys.length === 0 && type === 'Practitioner') placed.table.displays.set(key, name);
  if (placed.table.isNewMention(placed.source, key, name) && mention.keys.length > 0) mentions.push(mention);
  return key;
}

function mentionOf(placed: Placed, name: string, eligible: boolean) {
  const { table, source, resource, type, fullUrl } = placed;
  const id = idOf(resource);
  const own = worldwideId(resource, fullUrl);
  const identifiers = objectsAt(resource, 'identifier').filter((each) => !typesOf(each).some(isShared));
  return {
    source,
    offset: placed.place.offset,
    name,
    eligible,
    keys: definedKeys(resource, type, fullUrl).map((key) => table.intern(key)),
    ownIds: own === undefined ? [] : [own],
    identifiers: identifiers.flatMap((each) => identifierToken(each) ?? []),
    weakId: id === undefined || isUuid(id) ? undefined : `${type}/${id}`,
  };
}

function isShared(type: string): boolean {
  return SHARED_TYPES.includes(type);
}
