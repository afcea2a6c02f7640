/** Starts, asks and kills servers in processes of their own. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ServerAddress, TestEnvironment } from '../../apps/server/test-harness/index.ts';

/** What a child can be asked. */
export interface Question {
  readonly id: number;
  readonly ask: 'ledger' | 'entries' | 'inWork' | 'sessions';
  readonly requestIds?: readonly string[];
}

/** An audit entry as far as the tests look at it. */
export interface Entry {
  readonly requestId: string;
  readonly action: string;
  readonly outcome: string;
  readonly resourceId: string | null;
  readonly patientId: string | null;
}

/** What a child answers. */
export interface ChildAnswers {
  ledger: {
    readonly size: number;
    readonly entries: number;
    readonly ok: boolean;
    readonly findings: string[];
  };
  entries: readonly Entry[];
  inWork: number;
  /** Sign-ins in the log. */
  sessions: number;
}

const CHILD = fileURLToPath(new URL('./chaos-child.ts', import.meta.url));

/** A server in a process of its own. */
export class ChaosServer {
  readonly address: ServerAddress & { readonly setupCode: string | undefined };
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;
  #questions = 0;

  private constructor(child: ChildProcess, exited: Promise<number | null>, address: ChaosServer['address']) {
    this.#child = child;
    this.#exited = exited;
    this.address = address;
  }

  /** Starts a server and waits until it listens. */
  static async start(environment: TestEnvironment): Promise<ChaosServer> {
    const { child, exited } = launch(environment);
    const ended = exited.then((code) => Promise.reject(new Error(`the server did not start: exit ${code}`)));
    ended.catch(() => undefined);
    const [address] = await Promise.race([once(child, 'message'), ended]);
    return new ChaosServer(child, exited, address);
  }

  /** Starts a server and kills it after some time, wherever it is in its start. */
  static async killWhileStarting(environment: TestEnvironment, afterMs: number): Promise<void> {
    const { child, exited } = launch(environment);
    const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
    await exited;
    clearTimeout(timer);
  }

  /** SIGKILL: nothing of the process runs any more when this resolves. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.#exited;
  }

  async ask<Q extends Question['ask']>(ask: Q, requestIds?: readonly string[]): Promise<ChildAnswers[Q]> {
    this.#questions += 1;
    const id = this.#questions;
    const { promise, resolve } = Promise.withResolvers<ChildAnswers[Q]>();
    const hear = (message: { id: number; answer: ChildAnswers[Q] }) => {
      if (message.id !== id) return;
      this.#child.off('message', hear);
      resolve(message.answer);
    };
    this.#child.on('message', hear);
    this.#child.send({ id, ask, ...(requestIds && { requestIds }) });
    const gone = this.#exited.then((): never => {
      throw new Error('the server ended while it was asked');
    });
    gone.catch(() => undefined);
    return Promise.race([promise, gone]);
  }
}

function launch({ variables }: TestEnvironment) {
  const child = fork(CHILD, { env: { ...process.env, ...variables }, execArgv: [] });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, exited };
}
