import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stepFailed } from './step-failed.ts';

/** How long a mail may take, and how often the folder is looked into, in milliseconds. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 10;

/** The mail of the demonstration, which a server of development writes into its home folder. */
export class DemoMail {
  readonly #folder: string;
  readonly #taken = new Set<string>();

  constructor(homePath: string) {
    this.#folder = join(homePath, 'mail');
  }

  /** The code in the link of the next mail to this address, as its reader would follow it. */
  async code(address: string): Promise<string> {
    for (let waited = 0; waited < PATIENCE_MS; waited += PAUSE_MS) {
      const code = await this.#find(address);
      if (code !== undefined) return code;
      await delay(PAUSE_MS);
    }
    throw stepFailed('an invitation', 'a mail with a link', 'none came');
  }

  async #find(address: string): Promise<string | undefined> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names.filter((each) => each.endsWith('.txt') && !this.#taken.has(each)).toSorted()) {
      const text = await readFile(join(this.#folder, name), 'utf8');
      if (!text.startsWith(`To: ${address}\n`)) continue;
      this.#taken.add(name);
      return /#(\S+)/.exec(text)?.[1];
    }
    return undefined;
  }
}
