import { startTwoClinics } from '../../../apps/server/test-harness/index.ts';
import { Wire } from './wire.ts';

/** The two clinics with an attacker's connections to them. */
export async function openWorld() {
  const server = await startTwoClinics();
  const wire = new Wire(server.running);
  const close = async () => {
    wire.close();
    await server.stop();
  };
  return { ...server, wire, close };
}

/** {@link openWorld}, opened. */
export type World = Awaited<ReturnType<typeof openWorld>>;
