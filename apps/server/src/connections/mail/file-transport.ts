// Mail as files, for development.
//
// Defends the people of a demonstration from mail that nobody meant to send. The folder is 0700 and each file 0600, named by the
// mail's id and by nothing of its reader. Production does not use it: the configuration refuses.
import { join } from 'node:path';
import { createPrivateFile, ensurePrivateFolder } from '../home/private-file.ts';
import { requirePlainAddress, requireSubject } from './mail-address.ts';
import type { Mail, MailTransport } from './mail-transport.ts';

/** Writes each mail into a folder. A mail that comes twice is one file. */
export class FileTransport implements MailTransport {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async send({ id, recipient, subject, text }: Mail): Promise<void> {
    await ensurePrivateFolder(this.#folder);
    const lines = [`To: ${requirePlainAddress(recipient)}`, `Subject: ${requireSubject(subject)}`, '', text];
    await createPrivateFile(join(this.#folder, `${id}.txt`), lines.join('\n'));
  }

  ping(): Promise<void> {
    return ensurePrivateFolder(this.#folder);
  }

  close(): void {
    // Holds nothing.
  }
}
