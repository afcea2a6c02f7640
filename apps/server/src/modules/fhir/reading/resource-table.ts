import { Columns, NONE } from './columns.ts';
import type { NamedMention } from './named-entities.ts';
import type { RandomAccessSource } from './random-access-source.ts';

/** Where a resource lies: columns that all tables have. `own` is the key it is known by. */
const PLACE = ['source', 'offset', 'length', 'members', 'depth', 'form', 'own'] as const;

/** The kinds of resource that become part of a patient. */
export type RowKind = 'patients' | 'encounters' | 'items' | 'medications';

/** What belongs to a visit: diagnoses, and three kinds of treatment. The order is the order in texts. */
export const ITEM_TYPES = ['Condition', 'Procedure', 'MedicationRequest', 'Immunization'] as const;

/**
 * What an import remembers of its files: for each resource where it lies and which keys it names, as numbers. Texts are kept once,
 * in the list of keys.
 */
export class ResourceTable {
  readonly sources: RandomAccessSource[] = [];
  readonly patients = new Columns([...PLACE, 'identity', 'birth', 'organization']);
  readonly encounters = new Columns([...PLACE, 'subject', 'organization', 'practitioner']);
  readonly items = new Columns([...PLACE, 'type', 'subject', 'encounter']);
  readonly medications = new Columns([...PLACE]);
  readonly definitions = new Columns(['key', 'kind', 'row']);
  readonly organizations: NamedMention[] = [];
  readonly practitioners: NamedMention[] = [];
  /** Practitioner roles and stand-ins: which practitioner key a key leads to, and in which organization. */
  readonly roles = new Columns(['key', 'practitioner', 'organization']);
  /** Names of practitioners that a visit shows but no file may hold. */
  readonly displays = new Map<number, string>();
  readonly #keys = new Map<string, number>();
  readonly #seen = new Set<string>();
  readonly #texts: string[] = [];

  /** The number of a key; the same text always has the same. */
  intern(key: string): number {
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    this.#keys.set(key, this.#texts.length);
    return this.#texts.push(key) - 1;
  }

  /** Whether this file names this key with this name for the first time: a contained resource comes with every visit. */
  isNewMention(source: number, key: number, name: string): boolean {
    const mention = `${source} ${key} ${name}`;
    if (this.#seen.has(mention)) return false;
    this.#seen.add(mention);
    return true;
  }

  /** The number of a key that some resource has named, or NONE. */
  find(key: string): number {
    return this.#keys.get(key) ?? NONE;
  }

  /** The text of a key. */
  text(key: number): string {
    return this.#texts[key] ?? '';
  }

  /** Marks this moment, so that a file that turns out broken can be forgotten whole. */
  mark(): () => void {
    const tables = [
      this.patients,
      this.encounters,
      this.items,
      this.medications,
      this.definitions,
      this.roles,
    ];
    const lists = [this.organizations, this.practitioners];
    const lengths = [...tables, ...lists].map((each) => each.length);
    return () => {
      tables.forEach((table, index) => {
        table.truncate(lengths[index] ?? 0);
      });
      lists.forEach((list, index) => {
        list.length = lengths[tables.length + index] ?? 0;
      });
    };
  }
}
