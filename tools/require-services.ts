import { existsSync } from 'node:fs';
import { connect } from 'node:net';

// The tests on real services start at once or not at all: skipping them for want of a service would read as a pass.

const SERVICES = [
  { name: 'Postgres', port: 5432 },
  { name: 'Redis', port: 6379 },
];
const TIMEOUT_MS = 2000;

const missing = [];
for (const service of SERVICES) if (!(await answers(service.port))) missing.push(service);
for (const { name, port } of missing)
  console.error(`${name} does not answer on 127.0.0.1:${port}. Start it, then run the command again.`);
const programs = ['/usr/bin/chromium', '/usr/bin/redis-server'].filter((path) => !existsSync(path));
for (const path of programs)
  console.error(`${path} is missing. Install its Debian package, then run the command again.`);
if (missing.length + programs.length > 0) process.exit(1);

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: TIMEOUT_MS });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
  });
}
