// The table of ASVS requirements says only what is so: every requirement stands in it once, and whatever it names as evidence exists.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sharedData } from '@careward/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const ROOT = resolve(import.meta.dirname, '../..');
const evidence = z.union([
  z.strictObject({
    test: z.string().endsWith('.test.ts'),
    name: z.string().min(2),
    case: z.string().optional(),
  }),
  z.strictObject({ page: z.string().startsWith('docs/'), heading: z.string().min(4) }),
]);
const standing = { id: z.string(), level: z.number().int().min(1).max(3), about: z.string().min(8).max(110) };
const requirement = z.union([
  z.strictObject({ ...standing, evidence: z.array(evidence).min(1) }),
  z.strictObject({ ...standing, notApplicable: z.string().min(20) }),
  z.strictObject({ ...standing, open: z.string().min(20) }),
]);
const table = z
  .strictObject({ standard: z.string(), chapters: z.array(z.string()), requirements: z.array(requirement) })
  .parse(JSON.parse(read('docs/compliance/asvs-5.0.json')));
const named = table.requirements.flatMap((each) =>
  'evidence' in each ? each.evidence.map((evidence) => ({ id: each.id, evidence })) : [],
);

/** Requirements by chapter and level 1, 2, 3, as the standard has them. */
const COUNTS = { V6: [13, 22, 12], V7: [6, 12, 1], V9: [4, 3, 0], V10: [5, 24, 7] };

describe('the table of requirements', () => {
  it('has every requirement of its chapters once, at its level', () => {
    expect(table.chapters).toEqual(Object.keys(COUNTS));
    expect(new Set(table.requirements.map(({ id }) => id)).size).toBe(table.requirements.length);
    for (const [chapter, counts] of Object.entries(COUNTS)) {
      const own = table.requirements.filter(({ id }) => id.startsWith(`${chapter}.`));
      expect([1, 2, 3].map((level) => own.filter((each) => each.level === level).length)).toEqual(counts);
    }
  });

  const standard = sharedData('standards', 'asvs-5.0.0.flat.json');
  it.skipIf(standard === undefined)(
    'has the numbers and levels of the standard, and none of its sentences',
    () => {
      const { requirements } = JSON.parse(readFileSync(standard ?? '', 'utf8')) as {
        requirements: { chapter_id: string; req_id: string; req_description: string; L: string }[];
      };
      const asked = requirements.filter(({ chapter_id }) => table.chapters.includes(chapter_id));
      const ours = table.requirements.map(({ id, level }) => [id, level]);
      expect(ours).toEqual(asked.map(({ req_id, L }) => [req_id, Number(L)]));
      for (const { req_id, req_description } of asked) {
        const about = table.requirements.find(({ id }) => id === req_id)?.about ?? '';
        // Terms are everybody's; five words in a row are the standard's.
        if (about.split(' ').length > 4)
          expect(req_description.toLowerCase()).not.toContain(about.toLowerCase());
      }
    },
  );

  it('leaves nothing of level 1 and 2 open', () => {
    const open = table.requirements.filter((each) => 'open' in each && each.level < 3);
    expect(open.map(({ id }) => id)).toEqual([]);
  });

  it('names tests that exist, by a name that stands in their file, and that are run', () => {
    const missing = named.filter(
      ({ evidence }) =>
        'test' in evidence && ![evidence.name, evidence.case].every((name) => isTest(evidence.test, name)),
    );
    expect(missing).toEqual([]);
  });

  it('names pages and headings that exist', () => {
    const missing = named.filter(
      ({ evidence }) => 'page' in evidence && !isHeading(evidence.page, evidence.heading),
    );
    expect(missing).toEqual([]);
  });

  it('shows requirements that tests can hold by tests, and only decisions by pages', () => {
    const byPageOnly = table.requirements
      .filter((each) => 'evidence' in each && each.evidence.every((evidence) => 'page' in evidence))
      .map(({ id }) => id);
    expect(byPageOnly.filter((id) => !/^V(?:6|7)\.1\./.test(id))).toEqual([]);
  });
});

/** Whether a name stands in the file in quotes, as a test, a group of tests or a case of one. */
function isTest(path: string, name: string | undefined): boolean {
  if (!existsSync(join(ROOT, path))) return false;
  if (name === undefined) return true;
  const text = read(path);
  const quoted = ["'", '"', '`'].some((quote) => text.includes(`${quote}${name}${quote}`));
  return quoted && !/\.(?:skip|todo|only)\b/.test(text);
}

function isHeading(path: string, heading: string): boolean {
  return (
    existsSync(join(ROOT, path)) &&
    read(path)
      .split('\n')
      .some((line) => line.replace(/^#+ /, '') === heading)
  );
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
