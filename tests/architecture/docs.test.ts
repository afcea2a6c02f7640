import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { concerns, knownVariables } from '../../apps/server/src/config/settings.ts';
import { REQUEST_PIPELINE } from '../../apps/server/src/request-pipeline.ts';
import { CLINIC_ID_SOURCES } from '../../apps/server/src/tenancy/index.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PAGES = globSync(['*.md', 'docs/**/*.md', 'packages/*/README.md'], { cwd: ROOT }).sort();
/** Pages that people write for people; those of errors have a form of their own. */
const WRITTEN = PAGES.filter((page) => !page.startsWith('docs/errors/'));

/** Words of whoever wrote, of the machine it was written on, or of work that is not done. */
const FORBIDDEN: readonly RegExp[] = [
  /(?<![\w.])\/(?:work|home|root|Users|mnt|opt)\/\w/,
  /\bC:\\/,
  /\bhelpers?\b(?! threads?\b)/i,
  /\bsessions? of work\b/i,
  /(?<![\w&])#\d+\b/,
  /\bissue (?:no\.? ?)?\d+/i,
  /\b(?:TODO|FIXME|TBD|PLACEHOLDER|lorem)\b/i,
  /\b[A-Z_]+_(?:TEXT|LINK)\b/,
];

describe('the path of a request', () => {
  const page = read('docs/request-flow.md');

  it('is documented stage by stage, in order, each with its place and its failure', () => {
    const documented = tableOf(page, '## Stages').map(([stage = '', point, , failure = '']) => ({
      stage: stage.replaceAll('`', ''),
      point,
      onFailure: failure.split(':')[0],
    }));
    expect(documented).toEqual(
      REQUEST_PIPELINE.map(({ stage, point, onFailure }) => ({ stage, point, onFailure })),
    );
  });

  it('names the sources of the clinic in their order', () => {
    const documented = tableOf(page, '## Which clinic').map(([name]) => name);
    expect(documented).toEqual(CLINIC_ID_SOURCES.map(({ name }) => name));
  });

  it('names only codes that have a page', () => {
    const prefixes =
      /^(?:edge|request|authentication|authorization|clinic|purpose|session-store|audit|internal)-/;
    const codes = backticked(page).filter((text) => prefixes.test(text) && !isStageOrSource(text));
    expect(codes.length).toBeGreaterThan(20);
    expect(codes.filter((code) => !existsSync(join(ROOT, `docs/errors/${code}.md`)))).toEqual([]);
  });
});

describe('the configuration', () => {
  const rows = new Map(
    tableRows(read('docs/configuration.md'))
      .filter(([name = '']) => name.startsWith('`CAREWARD_'))
      .map(([name = '', value = '']) => [name.replaceAll('`', ''), value.replaceAll('`', '')]),
  );

  it('documents every variable that the server knows, and no other', () => {
    expect([...rows.keys()].sort()).toEqual([...knownVariables].sort());
  });

  it('states defaults that, when set, change nothing', () => {
    const unset = settingsOf({});
    for (const [name, value] of rows) {
      if (value === 'none' || value.includes('<')) continue;
      expect(settingsOf({ [name]: value }), name).toEqual(unset);
    }
  });
});

describe.each(PAGES)('%s', (page) => {
  const text = read(page);

  it('links only to what is there', () => {
    expect(linksOf(text).filter((link) => !resolves(page, link))).toEqual([]);
  });

  it('names only files that are there, and tests by their whole path', () => {
    const paths = backticked(text).filter(isRepositoryPath);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    const tests = backticked(text).filter(
      (name) => /^[\w./-]*\w\.test\.ts$/.test(name) && !/^x\./.test(name),
    );
    expect(tests.filter((name) => !isRepositoryPath(name))).toEqual([]);
  });

  it('says nothing of who wrote it, where, or what is still to be written', () => {
    expect(FORBIDDEN.flatMap((word) => word.exec(text)?.[0] ?? [])).toEqual([]);
  });
});

describe('the documents', () => {
  it('claim nothing without a test: every row of the README names one', () => {
    const rows = tableOf(read('README.md'), '## What is proved');
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.filter(([, tests = '']) => !tests.includes('.test.ts'))).toEqual([]);
  });

  it('defend nothing without a test: every defence of the threat model names one', () => {
    const section = between(read('docs/threat-model.md'), '## Who attacks', '## By trust boundary');
    const rows = tableRows(section).filter(([first]) => first !== 'defended');
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter(([, , tests = '']) => !tests.includes('.test.ts'))).toEqual([]);
  });

  it('hold no TypeScript outside the packages, where snippets could go stale unseen', () => {
    const pages = WRITTEN.filter((page) => !page.startsWith('packages/'));
    expect(pages.filter((page) => /^```(?:ts|typescript|js)\b/m.test(read(page)))).toEqual([]);
  });

  it('can all be reached from the index or the page of errors', () => {
    const listed = [
      ...linkedFrom('docs/README.md'),
      ...linkedFrom('docs/errors/README.md'),
      'docs/README.md',
    ];
    const missing = PAGES.filter((page) => page.startsWith('docs/') && !listed.includes(page));
    expect(missing).toEqual([]);
  });

  it('keep decisions to a page', () => {
    const decisions = WRITTEN.filter((page) => page.startsWith('docs/adr/'));
    expect(decisions.length).toBeGreaterThan(10);
    expect(decisions.filter((page) => read(page).split(/\s+/).length > 500)).toEqual([]);
  });
});

function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

function between(text: string, start: string, end: string): string {
  const from = text.indexOf(start);
  const to = text.indexOf(end, from);
  expect(from).toBeGreaterThanOrEqual(0);
  return text.slice(from, to < 0 ? undefined : to);
}

/** Cells of the first table below a heading, without its head. */
function tableOf(text: string, heading: string): string[][] {
  const section = between(text, heading, '\n## ');
  return tableRows(section).slice(1);
}

/** Cells of every table row, rulers left out. */
function tableRows(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[-| ]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
}

function settingsOf(environment: Readonly<Record<string, string>>) {
  return Object.values(concerns).map((concern) => concern.read(environment));
}

function backticked(text: string): string[] {
  return [...withoutFences(text).matchAll(/`([^`\n]+)`/g)].map(([, inner = '']) => inner);
}

function withoutFences(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```/gm, '');
}

/** Looks like a path from the root: a known top folder, no gap to be filled in. */
function isRepositoryPath(text: string): boolean {
  return /^(?:apps|packages|docs|tests|tools|benchmarks|\.ci)\/[\w./@-]+$/.test(text);
}

function isStageOrSource(text: string): boolean {
  return REQUEST_PIPELINE.some(({ stage }) => stage === text);
}

function linksOf(text: string): string[] {
  return [...withoutFences(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

function linkedFrom(page: string): string[] {
  return linksOf(read(page)).map((link) => join(dirname(page), link.split('#')[0] ?? ''));
}

function resolves(page: string, link: string): boolean {
  if (/^https:\/\//.test(link)) return true;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path);
  if (!existsSync(target)) return false;
  if (anchor === undefined) return true;
  return statSync(target).isFile() && anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
}

/** Headings as hosts of repositories make anchors of them. */
function anchorsOf(text: string): string[] {
  return [...withoutFences(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
