import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { onTestFinished } from 'vitest';

const MAIN = join(import.meta.dirname, '../../apps/cli/dist/main.js');

/** What a run of the built command line left. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly notes: string;
}

/** A command that runs as a process of its own, with none of the caller's CAREWARD_* variables. */
export interface Running {
  readonly ended: Promise<Ended>;
  /** Resolves with the match once both streams together match; rejects when the process ends before. */
  waitFor(pattern: RegExp): Promise<RegExpMatchArray>;
  kill(signal: NodeJS.Signals): void;
}

/** How to start the command. */
export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
}

/** Starts the built command line; it ends with the test at the latest. */
export function startCareward(args: readonly string[], options: RunOptions = {}): Running {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is absent: run npm run build before the end-to-end tests`);
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: options.cwd,
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      ...options.environment,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdin.end(options.input ?? '');
  return watch(child);
}

/** Runs the built command line to its end. */
export async function runCareward(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return await startCareward(args, options).ended;
}

function watch(child: ChildProcessByStdio<Writable, Readable, Readable>): Running {
  const text = { out: '', notes: '' };
  const watchers = new Set<() => void>();
  const collect = (stream: Readable, name: keyof typeof text) =>
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
      for (const look of watchers) look();
    });
  collect(child.stdout, 'out');
  collect(child.stderr, 'notes');
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, ...text }));
  });
  return {
    ended,
    kill: (signal) => void child.kill(signal),
    waitFor: (pattern) => {
      const { promise, resolve, reject } = Promise.withResolvers<RegExpMatchArray>();
      const look = () => {
        const match = `${text.out}\n${text.notes}`.match(pattern);
        if (match) resolve(match);
      };
      watchers.add(look);
      look();
      void ended.then(({ code, notes }) =>
        reject(new Error(`ended with ${code} before ${pattern}: ${notes}`)),
      );
      return promise.finally(() => watchers.delete(look));
    },
  };
}
