/**
 * Load over plain sockets: requests are bytes that were made before the clock runs, so that the one who asks costs little and is the
 * same for every subject. HTTP/1.1, connections that stay open, one request at a time on each.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Bytes of a GET request. */
export function requestBytes(url: string, path: string, headers: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries({ host: new URL(url).host, ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** Gives the bytes of the request with this number. */
export type Requests = (number: number) => Buffer;

/** Connections to one server. */
export class Load {
  readonly #connections: readonly Connection[];

  private constructor(connections: readonly Connection[]) {
    this.#connections = connections;
  }

  /** Opens the connections. */
  static async to(url: string, connections: number): Promise<Load> {
    return new Load(await Promise.all(Array.from({ length: connections }, () => Connection.to(url))));
  }

  /** Closed loop: each connection asks again as soon as it is answered, `count` requests in all. */
  async run(requests: Requests, count: number): Promise<void> {
    let next = 0;
    const work = async (connection: Connection) => {
      while (next < count) {
        next += 1;
        await connection.ask(requests(next - 1));
      }
    };
    await Promise.all(this.#connections.map(work));
  }

  /**
   * Open loop: requests are due at a fixed rate, whether or not earlier ones are answered. Answers the milliseconds from when each was
   * due to its answer; one that waits for a free connection waits at its own expense.
   */
  async atRate(requests: Requests, count: number, perSecond: number): Promise<Float64Array> {
    const latencies = new Float64Array(count);
    const free = [...this.#connections];
    const waiting: Due[] = [];
    const send = async (connection: Connection, { number, due }: Due): Promise<void> => {
      await connection.ask(requests(number));
      latencies[number] = performance.now() - due;
      const next = waiting.shift();
      if (next === undefined) free.push(connection);
      else await send(connection, next);
    };
    const sent: Promise<void>[] = [];
    for await (const due of ticks(count, perSecond)) {
      const connection = free.pop();
      if (connection === undefined) waiting.push(due);
      else sent.push(send(connection, due));
    }
    await Promise.all(sent);
    return latencies;
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }
}

interface Due {
  readonly number: number;
  readonly due: number;
}

/** Every millisecond, what has become due: a timer that comes late is not the server's fault, so time counts from then. */
async function* ticks(count: number, perSecond: number): AsyncGenerator<Due> {
  const start = performance.now();
  for (let number = 0; number < count; ) {
    const due = performance.now();
    while (number < count && start + (number * 1_000) / perSecond <= due) {
      yield { number, due };
      number += 1;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

class Connection {
  readonly #socket: Socket;
  #waiting: PromiseWithResolvers<void> | undefined;
  #received = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (chunk: string) => this.#read(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#waiting?.reject(new Error('the server closed the connection')));
  }

  static async to(url: string): Promise<Connection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new Connection(socket);
  }

  ask(request: Buffer): Promise<void> {
    if (this.#socket.destroyed) return Promise.reject(new Error('the server has closed the connection'));
    this.#waiting = Promise.withResolvers<void>();
    this.#socket.write(request);
    return this.#waiting.promise;
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #read(chunk: string): void {
    this.#received += chunk;
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(this.#received.slice(0, end))?.[1]);
    if (Number.isNaN(length)) throw new Error('an answer does not say how long it is');
    if (this.#received.length < end + 4 + length) return;
    const answer = this.#received;
    this.#received = '';
    if (answer.startsWith('HTTP/1.1 200 ')) this.#waiting?.resolve();
    else this.#waiting?.reject(new Error(`a measured request was answered ${answer.slice(0, 400)}`));
  }
}
