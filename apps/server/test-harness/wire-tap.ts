import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

const READY_FOR_QUERY = 0x5a;

/** A relay in front of a PostgreSQL server that counts the server's answers and can cut the wire. */
export class WireTap {
  /** ReadyForQuery messages seen: one for each round trip. */
  answers = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: URL) {
    this.#server = createServer((client) => this.#relay(client, target));
  }

  /** Starts a relay to the host and port of a URL without TLS. */
  static async start(target: string): Promise<WireTap> {
    const tap = new WireTap(new URL(target));
    tap.#server.listen(0, '127.0.0.1');
    await once(tap.#server, 'listening');
    return tap;
  }

  /** The URL, led through this relay. */
  lead(url: string): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the relay is closed');
    const led = new URL(url);
    led.hostname = '127.0.0.1';
    led.port = String(address.port);
    return led.href;
  }

  /** Ends every connection at once, as a pulled cable does; new ones are relayed again. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Stops relaying without a word, as a firewall does that forgot the connection. */
  freeze(): void {
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #relay(client: Socket, target: URL): void {
    const server = connect(Number(target.port || 5432), target.hostname);
    const counter = new AnswerCounter(() => {
      this.answers += 1;
    });
    server.on('data', (bytes: Buffer) => counter.feed(bytes));
    client.pipe(server).pipe(client);
    for (const socket of [client, server]) this.#track(socket, client, server);
  }

  #track(socket: Socket, client: Socket, server: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      client.destroy();
      server.destroy();
    });
  }
}

class AnswerCounter {
  #pending: Buffer = Buffer.alloc(0);
  readonly #onAnswer: () => void;

  constructor(onAnswer: () => void) {
    this.#onAnswer = onAnswer;
  }

  feed(bytes: Buffer): void {
    let rest = Buffer.concat([this.#pending, bytes]);
    while (rest.length >= 5 && rest.length > rest.readUInt32BE(1)) {
      if (rest[0] === READY_FOR_QUERY) this.#onAnswer();
      rest = rest.subarray(1 + rest.readUInt32BE(1));
    }
    this.#pending = rest;
  }
}
