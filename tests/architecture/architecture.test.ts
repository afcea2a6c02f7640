import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { binaryColumns, columnName } from './graph/phi-columns.ts';
import { readSourceTree, type SourceTree } from './graph/source-tree.ts';
import type { Finding, Rule } from './rule.ts';
import { NOT_PHI } from './rules/phi-declared.rule.ts';
import { RULES } from './rules.ts';

const VIOLATIONS = join(import.meta.dirname, 'fixtures/violations');
const house = readSourceTree(join(import.meta.dirname, '../..'));

describe.each(RULES)('$name', (rule) => {
  it(`holds: ${rule.promise}`, () => {
    expect(placesOf(rule, house, ({ message }) => ` ${message}`)).toEqual([]);
  });

  it('catches every planted violation, and nothing beside them', () => {
    const folder = join(VIOLATIONS, rule.name);
    const planted = plantedPlaces(folder);
    expect(planted).not.toEqual([]);
    expect(placesOf(rule, readSourceTree(folder))).toEqual(planted);
  });
});

describe('the list of rules', () => {
  it('names every rule file and every folder of violations', () => {
    const names = RULES.map(({ name }) => name).sort();
    const files = readdirSync(join(import.meta.dirname, 'rules')).map((file) => file.replace('.rule.ts', ''));
    expect(files.sort()).toEqual(names);
    expect(readdirSync(VIOLATIONS).sort()).toEqual(names);
  });

  it('excepts no binary column that does not exist', () => {
    const existing = binaryColumns(house).map(columnName);
    expect(Object.keys(NOT_PHI).filter((name) => !existing.includes(name))).toEqual([]);
  });

  it('reads the whole house', () => {
    const paths = house.sources.map(({ path }) => path);
    expect(paths).toContain('packages/kernel/src/index.ts');
    expect(paths).toContain('apps/server/src/request-context/index.ts');
    expect(house.migrations.map(({ path }) => path)).toContain('apps/server/migrations/0001_foundation.sql');
  });
});

function placesOf(
  rule: Rule,
  tree: SourceTree,
  describeFinding: (finding: Finding) => string = () => '',
): string[] {
  return rule
    .find(tree)
    .map((finding) => `${finding.path}:${finding.line}${describeFinding(finding)}`)
    .sort();
}

// A planted line ends in the comment `caught`.
function plantedPlaces(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const file = join(entry.parentPath, entry.name);
      const lines = readFileSync(file, 'utf8').split('\n');
      const path = file.slice(folder.length + 1);
      return lines.flatMap((line, index) =>
        /(?:\/\/|--) caught$/.test(line) ? [`${path}:${index + 1}`] : [],
      );
    })
    .sort();
}
