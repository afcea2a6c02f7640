import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../../test-harness/index.ts';
import { PAGE_TITLES } from './account-pages.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const pages = Object.keys(PAGE_TITLES);

describe('the pages of the own account', () => {
  it.each(pages)('/%s holds no script or style of its own, and names files that are there', async (page) => {
    const { status, headers, text } = await server.nobody.get(`/${page}`);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=|javascript:/i);
    for (const [, file = ''] of text.matchAll(/(?:src|href)="(\/pages\/[^"]+)"/g)) {
      expect((await server.nobody.get(file)).status).toBe(200);
    }
  });

  it.each(pages)('/%s is under a policy that allows own files only', async (page) => {
    const policy = String((await server.nobody.get(`/${page}`)).headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  it('have scripts whose imports are there, and that never write markup', async () => {
    const names = new Set(pages.map((page) => `${page}.js`));
    // A set that grows while it is walked through: imports of imports are looked at, too.
    for (const name of names) {
      const { text, headers } = await server.nobody.get(`/pages/${name}`);
      expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
      for (const [, imported = ''] of text.matchAll(/(?:from|import) '\.\/([^']+)'/g)) names.add(imported);
      expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|localStorage/);
    }
    expect(names.size).toBeGreaterThan(pages.length + 3);
  });

  it.each(['/pages/shell.html', '/pages/none.js', '/pages/..%2Faccount-pages.ts', '/pages/__proto__'])(
    'do not answer %s',
    async (path) => {
      expect((await server.nobody.get(path)).status).toBeGreaterThanOrEqual(400);
    },
  );

  it('are where password managers send people', async () => {
    const { status, headers } = await server.nobody.get('/.well-known/change-password');
    const [path = '', part] = String(headers.location).split('#');
    expect([status, path]).toEqual([302, '/account']);
    expect((await server.nobody.get(path)).text).toContain(`id="${part}"`);
  });
});
