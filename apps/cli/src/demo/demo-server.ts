import { readFile } from 'node:fs/promises';
import type { ImportReport } from '@careward/api-schema';
import type { Configuration, LedgerReport, OwnerQuery, RunningServer } from '@careward/server';
import { ApiClient } from '../client/api-client.ts';
import { listen } from '../listen.ts';
import { loadServer } from '../load-server.ts';
import { stepFailed } from './step-failed.ts';

/** A server that runs, and how to reach it. */
export interface Started {
  readonly running: RunningServer;
  readonly client: ApiClient;
  /** The certificate to trust, as PEM. */
  readonly authority: string | undefined;
  /** The address for browsers. */
  readonly publicUrl: string;
}

/**
 * The server of the demonstration, started and stopped as the story goes: with it, real HTTPS; without it, the database as its
 * owner. One at a time, because the embedded database belongs to one process.
 */
export class DemoServer {
  readonly #configuration: Configuration;
  #running: RunningServer | undefined;
  #client: ApiClient | undefined;
  #ended = false;

  private constructor(configuration: Configuration) {
    this.#configuration = configuration;
  }

  static async create(environment: Readonly<Record<string, string | undefined>>): Promise<DemoServer> {
    const { loadConfiguration } = await loadServer();
    return new DemoServer(loadConfiguration(environment));
  }

  /** Imports files as the operator does, while nothing serves. */
  async importFiles(files: readonly string[]): Promise<ImportReport> {
    const { openPlatform } = await loadServer();
    const platform = await openPlatform(this.#configuration);
    try {
      const report = await platform.operatorImport.run(files);
      await platform.sequencer.flush();
      return report;
    } finally {
      await platform.close();
    }
  }

  /** Stops the server for good: whoever asks for it afterwards is refused. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.stop();
    await this.#client?.close();
    this.#client = undefined;
  }

  /**
   * Starts the server unless it runs. The client is the same each time: it trusts the server's authority and nothing else, and its key is
   * the one that every session of the demonstration is bound to.
   */
  async start(): Promise<Started> {
    this.#rejectEnded();
    this.#running ??= await listen(this.#configuration);
    await this.#stopIfEnded();
    const { authorityFile, url } = this.#running;
    const authority = authorityFile === undefined ? undefined : await readFile(authorityFile, 'utf8');
    const publicUrl = this.#configuration.publicUrl.url;
    this.#client ??= ApiClient.open({ url, authority, publicUrl });
    return { running: this.#running, client: this.#client, authority, publicUrl };
  }

  /** Stops the server if it runs. Sessions stay. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.stop();
  }

  /** Stops the server and runs SQL as the owner of the database. */
  async asOwner<T>(work: (query: OwnerQuery) => Promise<T>): Promise<T> {
    await this.stop();
    this.#rejectEnded();
    const { asDatabaseOwner } = await loadServer();
    return await asDatabaseOwner(this.#configuration, work);
  }

  /** Stops the server and does what `careward ledger verify` does. */
  async verifyLedger(): Promise<LedgerReport> {
    await this.stop();
    this.#rejectEnded();
    const { openPlatform, verifyStoredLedger } = await loadServer();
    const platform = await openPlatform(this.#configuration);
    try {
      return await verifyStoredLedger(platform);
    } finally {
      await platform.close();
    }
  }
  /** The end may come while the server starts. */
  async #stopIfEnded(): Promise<void> {
    if (this.#ended) await this.stop();
    this.#rejectEnded();
  }

  #rejectEnded(): void {
    if (this.#ended) throw stepFailed('the demonstration', 'to go on', 'it was interrupted');
  }
}
