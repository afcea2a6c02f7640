/** One call of a function of the library. The first key says which node of a cluster is asked. */
export interface FunctionCall {
  readonly name: string;
  readonly keys: readonly string[];
  readonly values: readonly (string | Uint8Array)[];
}

/** One Redis server or a cluster of them. Answers hold bytes: texts come as Buffer, numbers as number. */
export interface RedisServers {
  /** True when keys are spread over nodes, so that one call reaches only keys of one hash tag. */
  readonly isCluster: boolean;
  /** How often an answer was waited for: calls sent together count once. */
  readonly roundTrips: number;
  /** Sends the calls at once. Any failure means that the store could not be asked. */
  round(calls: readonly FunctionCall[]): Promise<readonly unknown[]>;
  /** The next keys that begin with `start`, in no order, perhaps twice. Begin with ''; the walk ends with ''. */
  scan(cursor: string, start: string): Promise<{ readonly cursor: string; readonly keys: readonly string[] }>;
  /** Lets go of connections. */
  close(): Promise<void>;
}
