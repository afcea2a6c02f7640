/** A server in a process of its own, whose processor time can be asked for. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { HttpClient } from './http-client.ts';
import type { Listening, Question, Used } from './subject-messages.ts';

const SUBJECT = fileURLToPath(new URL('./subject-process.ts', import.meta.url));
const CONNECTIONS = 8;

/** A running server and a client of it. */
export class MeasuredServer {
  readonly url: string;
  readonly client: HttpClient;
  readonly setupCode: string | undefined;
  /** The server's home folder, where a server of development writes mail. */
  readonly home: string;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, client: HttpClient, { url, setupCode }: Listening, home: string) {
    this.#process = child;
    this.url = url;
    this.client = client;
    this.setupCode = setupCode;
    this.home = home;
  }

  /** Starts one of the subjects of subject-process.ts. */
  static async start(
    subject: string,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<MeasuredServer> {
    const profile = process.env.BENCH_PROFILE;
    const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
    const child = spawn(process.execPath, [...flags, SUBJECT, subject], {
      env: { ...foreignVariables(), ...variables },
      // Log lines are written, as in production, to where nobody keeps them.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [listening] = (await firstMessage(child)) as [Listening];
    const { url, authorityFile } = listening;
    const client = await HttpClient.to(url, authorityFile, CONNECTIONS);
    return new MeasuredServer(child, client, listening, variables.CAREWARD_HOME ?? '');
  }

  /** Microseconds of the server's processor time for each of `count` requests, with what they leave behind for later. */
  cost(path: string, headers: Readonly<Record<string, string>>, count: number): Promise<number> {
    return this.costOf(count, () => this.client.load({ path, headers }, count, CONNECTIONS));
  }

  /** As {@link cost} for `count` requests that somebody else sends. */
  async costOf(count: number, requests: () => Promise<void>): Promise<number> {
    const before = await this.#used('settle');
    await requests();
    return ((await this.#used('settle')) - before) / count;
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    this.client.close();
    const ended = once(this.#process, 'exit');
    this.#process.disconnect();
    await ended;
  }

  async #used(question: Question): Promise<number> {
    const answered = once(this.#process, 'message');
    this.#process.send(question);
    const [{ micros }] = (await answered) as [Used];
    return micros;
  }
}

/** What is set for the servers of whoever runs the benchmark does not belong to the measured ones. */
function foreignVariables(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CAREWARD_')));
}

async function firstMessage(child: ChildProcess): Promise<unknown[]> {
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`the measured server did not start: exit ${code}`);
  });
  exited.catch(() => undefined);
  return await Promise.race([once(child, 'message'), exited]);
}
