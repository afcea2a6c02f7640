/**
 * Organizations and practitioners: which of the resources in all files are the same one.
 *
 * Defends: the clinics from each other. Two hospitals of one chain often share a tax number, and two systems often both have an
 * `Organization/1`; taking them for one clinic would show the patients of each to the other.
 * So: the same when they share an id that is unique in the world, or an identifier and the name. What two different ones share is
 * no id of either.
 */
import { NONE } from './columns.ts';

/** One resource, or part of one, that names an organization or practitioner. */
export interface NamedMention {
  readonly source: number;
  /** Where in the file it stands, in bytes. */
  readonly offset: number;
  readonly name: string;
  /** Reference keys it is known by. */
  readonly keys: readonly number[];
  /** Ids unique in the world: `urn:uuid:` and URLs. */
  readonly ownIds: readonly string[];
  /** `system|value`. */
  readonly identifiers: readonly string[];
  /** `Type/id`, unique in its system only. */
  readonly weakId: string | undefined;
  /** False for what cannot be a clinic, such as a payer. */
  readonly eligible: boolean;
}

/** An organization or practitioner of the import. */
export interface NamedEntity {
  readonly name: string;
  readonly eligible: boolean;
  /** What is unmistakably its own; empty when everything it has is shared with another. */
  sourceIds: readonly string[];
  readonly mentions: NamedMention[];
}

/** The outcome of looking a key up. */
export type Lookup<T> = { readonly found: T } | { readonly missing: 'unresolved' | 'ambiguous' };

/** All organizations, or all practitioners, of an import. */
export class NamedEntities {
  readonly all: NamedEntity[] = [];
  readonly #byId = new Map<string, Set<NamedEntity>>();
  readonly #byIdAndName = new Map<string, NamedEntity>();
  readonly #byKey = new Map<number, { source: number; entity: NamedEntity }[]>();
  readonly #answers = new Map<string, Lookup<NamedEntity>>();

  constructor(mentions: readonly NamedMention[]) {
    for (const mention of mentions) this.#place(mention);
    for (const entity of this.all) entity.sourceIds = this.#unmistakableIds(entity);
  }

  /** The one that a reference in this file means: of its own file first, then of all. Answers are kept: many visits ask the same. */
  lookUp(key: number, source: number): Lookup<NamedEntity> {
    if (key === NONE) return { missing: 'unresolved' };
    const question = `${key} ${source}`;
    const answer = this.#answers.get(question) ?? this.#meaning(this.#byKey.get(key) ?? [], source);
    this.#answers.set(question, answer);
    return answer;
  }

  #meaning(known: readonly { source: number; entity: NamedEntity }[], source: number): Lookup<NamedEntity> {
    const own = known.filter((each) => each.source === source);
    const candidates = new Set((own.length > 0 ? own : known).map((each) => each.entity));
    const [found] = candidates;
    if (found === undefined) return { missing: 'unresolved' };
    return candidates.size > 1 ? { missing: 'ambiguous' } : { found };
  }

  #place(mention: NamedMention): void {
    const entity = this.#sameAs(mention) ?? this.#create(mention);
    entity.mentions.push(mention);
    for (const id of idsOf(mention)) {
      const known = this.#byId.get(id);
      if (known === undefined) this.#byId.set(id, new Set([entity]));
      else known.add(entity);
      this.#byIdAndName.set(withName(id, mention), this.#byIdAndName.get(withName(id, mention)) ?? entity);
    }
    for (const key of mention.keys) {
      const known = this.#byKey.get(key);
      const entry = { source: mention.source, entity };
      if (known === undefined) this.#byKey.set(key, [entry]);
      else known.push(entry);
    }
  }

  #sameAs(mention: NamedMention): NamedEntity | undefined {
    for (const id of mention.ownIds) {
      const [entity] = this.#byId.get(id) ?? [];
      if (entity !== undefined) return entity;
    }
    const shared = idsOf(mention).map((id) => this.#byIdAndName.get(withName(id, mention)));
    return shared.find((entity) => entity !== undefined);
  }

  #create(mention: NamedMention): NamedEntity {
    const { name, eligible } = mention;
    const entity: NamedEntity = { name, eligible, sourceIds: [], mentions: [] };
    this.all.push(entity);
    return entity;
  }

  #unmistakableIds(entity: NamedEntity): string[] {
    const strong = entity.mentions.flatMap((each) => [...each.identifiers, ...each.ownIds]);
    const weak = entity.mentions.flatMap((each) => each.weakId ?? []);
    const own = (ids: string[]) => [...new Set(ids)].filter((id) => this.#byId.get(id)?.size === 1);
    const unmistakable = own(strong);
    return unmistakable.length > 0 ? unmistakable : own(weak);
  }
}

function idsOf(mention: NamedMention): string[] {
  return [
    ...mention.ownIds,
    ...mention.identifiers,
    ...(mention.weakId === undefined ? [] : [mention.weakId]),
  ];
}

function withName(id: string, mention: NamedMention): string {
  return `${id}\n${folded(mention.name)}`;
}

function folded(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}
