// The embedded database's files, with an fsync that reaches the disk.
//
// Defends: acknowledged transactions from a power cut. PGlite's own file system answers fsync without doing it.
// Leans on internals of PGlite 0.5.16 (emscripten's NODEFS): the exact version is pinned and a test counts the calls.
// Does not defend: against disks and hypervisors that acknowledge a flush they have not done.
import { closeSync, fdatasyncSync, fsyncSync, openSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

type InitArguments = Parameters<NodeFS['init']>;
type InitResult = Awaited<ReturnType<NodeFS['init']>>;

interface OpenFile {
  readonly nfd?: number;
  readonly node: unknown;
}

interface EmscriptenNodeFs {
  realPath(node: unknown): string;
  stream_ops: { fsync?: (file: OpenFile) => number };
}

/** NodeFS whose fsync is a real one, for files and for directories. */
export class DurableNodeFS extends NodeFS {
  /** Calls of fsync that reached the operating system. */
  fsyncs = 0;

  override async init(...args: InitArguments): Promise<InitResult> {
    const result = await super.init(...args);
    result.emscriptenOpts.preRun?.push((module) => {
      // The module type names only its FS; NODEFS is what NodeFS.init itself mounts.
      const nodeFs = (module as unknown as { NODEFS: EmscriptenNodeFs }).NODEFS;
      nodeFs.stream_ops.fsync = (file) => this.#sync(nodeFs, file);
    });
    return result;
  }

  #sync(nodeFs: EmscriptenNodeFs, file: OpenFile): number {
    if (file.nfd === undefined) syncDirectory(nodeFs.realPath(file.node));
    else fdatasyncSync(file.nfd);
    this.fsyncs += 1;
    return 0;
  }
}

/** Start parameters of PGlite with its `-F` (no fsync) taken away, and memory and log sizes for one clinic's server. */
export const DURABLE_START_PARAMS: readonly string[] = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...['fsync=on', 'wal_sync_method=fsync', 'shared_buffers=16MB', 'max_wal_size=64MB'].flatMap((s) => [
    '-c',
    s,
  ]),
];

function syncDirectory(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
