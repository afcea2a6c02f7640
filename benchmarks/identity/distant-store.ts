/** Redis as far away as a store in another building is: every piece of an answer and of a request comes later. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { REDIS_URL } from '../harness/services.ts';

/** A proxy in front of the Redis of the tests. */
export class DistantStore {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(url: string, server: Server, sockets: Set<Socket>) {
    this.url = url;
    this.#server = server;
    this.#sockets = sockets;
  }

  /** `roundTripMs`: how much longer an answer takes than without it, about: timers are a millisecond coarse. */
  static async open(roundTripMs: number): Promise<DistantStore> {
    const { hostname, port } = new URL(REDIS_URL);
    const sockets = new Set<Socket>();
    const server = createServer((near) => {
      const far = connect(Number(port || 6379), hostname);
      for (const socket of [near, far]) {
        sockets.add(socket.setNoDelay(true));
        socket.on('error', () => undefined);
      }
      near.on('data', (bytes: Buffer) => setTimeout(() => far.write(bytes), roundTripMs));
      far.on('data', (bytes: Buffer) => near.write(bytes));
      near.on('close', () => far.destroy());
      far.on('close', () => near.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = new URL(REDIS_URL);
    url.port = `${(server.address() as { port: number }).port}`;
    return new DistantStore(url.href, server, sockets);
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
