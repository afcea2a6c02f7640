#!/usr/bin/env node
import { nodeRefusal } from './oldest-node.ts';

const refusal = nodeRefusal(process.versions.node);
if (refusal === undefined) await run();
else {
  process.stderr.write(refusal);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  // What is written is its owner's alone, also what libraries write.
  process.umask(0o077);
  const { runCommandLine } = await import('./command-line.ts');
  const { processTerminal } = await import('./terminal.ts');
  process.exitCode = await runCommandLine(process.argv.slice(2), processTerminal(process.env));
}
