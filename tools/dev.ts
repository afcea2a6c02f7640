import { spawn } from 'node:child_process';

// Compiles on every save and starts `careward serve` again on every build. Arguments go to `careward serve`.
// Ctrl-C ends both; when one ends by itself, so does the other.

const children = [
  spawn('tsc', ['-b', '-w', '--preserveWatchOutput'], { stdio: 'inherit' }),
  spawn(
    process.execPath,
    ['--watch', '--watch-preserve-output', 'apps/cli/dist/main.js', 'serve', ...process.argv.slice(2)],
    {
      stdio: 'inherit',
    },
  ),
];

for (const child of children)
  child.once('exit', (code) => {
    process.exitCode ??= code ?? 0;
    for (const other of children) other.kill();
  });
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
  });
