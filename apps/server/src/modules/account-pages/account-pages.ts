// The pages of a person's own account, as they are shipped: nothing of a request goes into them.
//
// Defends: people on these pages from foreign scripts. The policy allows this server's own script and style files and nothing else, no
// text becomes markup (Trusted Types), and nothing may frame them. Does not decide anything: every page only calls the API.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One file as it is answered. */
export interface PageFile {
  readonly type: string;
  readonly content: string;
}

/** The pages by their path, with their titles. Links in mails lead to the first four of them. */
export const PAGE_TITLES = {
  invitation: 'Invitation',
  registration: 'Registration',
  'password-reset': 'New password',
  'email-change': 'New e-mail address',
  'sign-in': 'Sign in',
  account: 'Your account',
} as const;

/** Where other identity providers send browsers back to; the page that began goes on. */
export const PROVIDER_CALLBACK = 'sign-in/callback';

/** The policy of the pages, over the stricter one of the API's answers. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const FILES = [
  'pages.css',
  'account-data.js',
  'account-events.js',
  'account-factors.js',
  'account-identities.js',
  'account-passkeys.js',
  'account-profile.js',
  'account-proof.js',
  'account-sections.js',
  'account-sessions.js',
  'client.js',
  'clinic-link.js',
  'elements.js',
  'failures.js',
  'mailed-code.js',
  'page.js',
  'password-fields.js',
  'passkey.js',
  'providers.js',
  ...Object.keys(PAGE_TITLES).map((page) => `${page}.js`),
];
/** Beside the sources, wherever the compiled code is: they are shipped as they are. */
const ASSETS = new URL('../../../src/modules/account-pages/assets/', import.meta.url);

/** The pages and their files, read once. */
export class AccountPages {
  readonly #pages = new Map<string, PageFile>();
  readonly #files = new Map<string, PageFile>();

  constructor() {
    const shell = readAsset('shell.html');
    for (const [page, title] of Object.entries(PAGE_TITLES)) {
      const content = shell
        .replaceAll('{title}', title)
        .replace('{script}', page)
        .replace('{content}', () => readAsset(`${page}.html`));
      this.#pages.set(`/${page}`, { type: 'text/html; charset=utf-8', content });
    }
    const signIn = this.#pages.get('/sign-in');
    if (signIn !== undefined) this.#pages.set(`/${PROVIDER_CALLBACK}`, signIn);
    for (const name of FILES) {
      const type = name.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8';
      this.#files.set(name, { type, content: readAsset(name) });
    }
  }

  /** The page at a path. */
  findPage(path: string): PageFile | undefined {
    return this.#pages.get(path);
  }

  /** A script or style file, by name; never a path. */
  findFile(name: string): PageFile | undefined {
    return this.#files.get(name);
  }
}

function readAsset(name: string): string {
  return readFileSync(fileURLToPath(new URL(name, ASSETS)), 'utf8');
}
