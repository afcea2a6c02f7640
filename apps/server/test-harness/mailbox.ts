/** The mail of a test server, as its readers get it: from the folder of its home, or from a real SMTP server on this machine. */
import { readdir, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';

/** A mail that arrived. `code` is what stands in the fragment of its link. */
export interface ArrivedMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly code: string | undefined;
}

const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 5;

/** Mail by the reader's address. Each mail is given once, the oldest first. */
export class TestMailbox {
  readonly #folder: string;
  readonly #seen = new Set<string>();
  readonly #waiting = new Map<string, ArrivedMail[]>();

  constructor(home: string) {
    this.#folder = join(home, 'mail');
  }

  /** The next mail to this address. Throws when none comes. */
  async next(address: string): Promise<ArrivedMail> {
    const patience = Date.now() + PATIENCE_MS;
    for (;;) {
      const mail = this.#waiting.get(address.toLowerCase())?.shift();
      if (mail !== undefined) return mail;
      if (Date.now() > patience) throw new Error(`no mail to ${address}`);
      await this.#look();
      if ((this.#waiting.get(address.toLowerCase())?.length ?? 0) === 0) await delay(LOOK_EVERY_MS);
    }
  }

  /** The code of the next mail to this address that has one. */
  async code(address: string): Promise<string> {
    for (;;) {
      const { code } = await this.next(address);
      if (code !== undefined) return code;
    }
  }

  /** The next mail to this address with this subject; what came before it is dropped. */
  async about(address: string, subject: string): Promise<ArrivedMail> {
    for (;;) {
      const mail = await this.next(address);
      if (mail.subject === subject) return mail;
    }
  }

  /** Every mail to this address that has arrived and was not given yet. */
  async all(address: string): Promise<ArrivedMail[]> {
    await this.#look();
    return this.#waiting.get(address)?.splice(0) ?? [];
  }

  /** Ids are in the order of time, and so are the names of the files. */
  async #look(): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names.filter((each) => each.endsWith('.txt')).toSorted()) {
      // Others may be looking at the same time.
      if (this.#seen.has(name)) continue;
      this.#seen.add(name);
      const mail = arrived(await readFile(join(this.#folder, name), 'utf8'));
      this.#waiting.set(mail.to, [...(this.#waiting.get(mail.to) ?? []), mail]);
    }
  }
}

/** What a mail of plain text says. */
export function arrived(raw: string): ArrivedMail {
  const [head = '', ...body] = raw.replaceAll('\r\n', '\n').split('\n\n');
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1] ?? '';
  const text = body.join('\n\n');
  return { to: header('To'), subject: header('Subject'), text, code: /https:\/\/\S+#(\S+)/.exec(text)?.[1] };
}

/** A mail as the SMTP server got it. */
export interface SmtpMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
}

/** What a test SMTP server does besides taking mail. */
export interface SmtpBehaviour {
  /** What becomes of a mail that was sent: taken, refused for now (451), or left without an answer. Asked for each mail. */
  readonly decide?: () => 'take' | 'refuse' | 'hang';
}

/** An SMTP server on the loopback address that keeps what it gets. */
export async function startSmtpServer({ decide = () => 'take' }: SmtpBehaviour = {}) {
  const mails: SmtpMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => {
          const decision = decide();
          if (decision === 'hang') return;
          if (decision === 'refuse') return done(Object.assign(new Error('not now'), { responseCode: 451 }));
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
          const to = envelope.rcptTo.map(({ address }) => address);
          mails.push({ from, to, raw: Buffer.concat(chunks).toString('utf8') });
          done();
        });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url: `smtp://127.0.0.1:${port}`, mails, stop };
}
