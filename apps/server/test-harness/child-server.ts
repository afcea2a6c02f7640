/** The child process of `spawnTestServer`: a server of the built code that says where it is. */
import { loadConfiguration, startServer } from '@careward/server';

const server = await startServer(loadConfiguration());
const { url, authorityFile, setupCode } = server;
process.stdout.write(`${JSON.stringify({ url, authorityFile, setupCode: setupCode?.reveal() })}\n`);
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
