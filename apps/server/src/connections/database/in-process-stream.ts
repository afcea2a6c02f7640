import { Duplex } from 'node:stream';
import type { PGlite } from '@electric-sql/pglite';

const AUTHENTICATION_OK = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]);
const READY_FOR_QUERY_IDLE = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
const TERMINATE = 0x58;
/** Sync, Query, Flush, CopyData, CopyDone, CopyFail: after these the server may have to answer. */
const ANSWERED = new Set([0x53, 0x51, 0x48, 0x64, 0x63, 0x66]);

/**
 * A socket's stand-in through which the ordinary `pg` driver speaks the PostgreSQL protocol with PGlite, so that there is one
 * driver, one set of types and one error model. There is one backend: never have two streams open on the same PGlite.
 */
export class InProcessStream extends Duplex {
  readonly #database: PGlite;
  #pending: Buffer = Buffer.alloc(0);
  #started = false;

  constructor(database: PGlite) {
    super({ allowHalfOpen: false });
    this.#database = database;
  }

  /** Called by the driver in place of a TCP connect. */
  connect(): this {
    this.#database.waitReady.then(
      () => this.emit('connect'),
      (error: Error) => this.destroy(error),
    );
    return this;
  }

  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#feed(Buffer.concat([this.#pending, chunk])).then(() => done(), done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#feed(Buffer.concat([this.#pending, ...chunks.map((c) => c.chunk)])).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.push(null);
    done();
  }

  async #feed(received: Buffer): Promise<void> {
    // The driver must not be answered inside its own write(): it registers the query only afterwards.
    await Promise.resolve();
    const messages = this.#started ? received : await this.#startSession(received);
    if (!this.#started) return;
    const { end, terminated } = lastAnsweredMessage(messages);
    this.#pending = messages.subarray(end);
    if (end > 0) await this.#execute(messages.subarray(0, end));
    if (terminated) this.push(null);
  }

  /** Reads the start-up message and cleans the one backend, which must not inherit the session of an earlier client. */
  async #startSession(received: Buffer): Promise<Buffer> {
    if (received.length < 4 || received.length < received.readUInt32BE(0)) {
      this.#pending = received;
      return Buffer.alloc(0);
    }
    this.#started = true;
    await this.#database.exec('rollback');
    await this.#database.exec('discard all');
    this.push(AUTHENTICATION_OK);
    this.push(READY_FOR_QUERY_IDLE);
    return received.subarray(received.readUInt32BE(0));
  }

  async #execute(messages: Buffer): Promise<void> {
    await this.#database.execProtocolRawStream(new Uint8Array(messages), {
      // The bytes live in the database's own memory and are overwritten by the next answer.
      onRawData: (bytes) => this.push(Buffer.from(bytes)),
    });
  }
}

/** How many bytes from the start are whole messages that end with one the server answers; so one query is one call. */
function lastAnsweredMessage(messages: Buffer): { end: number; terminated: boolean } {
  let end = 0;
  let at = 0;
  while (at + 5 <= messages.length) {
    const next = at + 1 + messages.readUInt32BE(at + 1);
    if (next > messages.length) break;
    const type = messages[at];
    if (type === TERMINATE) return { end, terminated: true };
    at = next;
    if (type !== undefined && ANSWERED.has(type)) end = at;
  }
  return { end, terminated: false };
}
