/** A rate: one request per `intervalMs` in the long run, `burst` of them at once. */
export interface Limit {
  readonly intervalMs: number;
  readonly burst: number;
}

/** The answer of a limit. `remaining`: further requests that would pass at once. `retryAfterMs`: 0 when allowed. */
export interface LimitDecision {
  readonly allowed: boolean;
  readonly remaining: number;
  readonly retryAfterMs: number;
}

/** Rate limits by the generic cell rate algorithm: one number a key, no windows whose edges could be used. */
export interface LimitStore {
  /** Takes one request from the key's budget, atomically. A refused request takes nothing. */
  take(key: string, limit: Limit): Promise<LimitDecision>;
  /** Returns one request to the budget: for limits that count failures only. Never above a full budget. */
  giveBack(key: string, limit: Limit): Promise<void>;
  /** Lets go of connections. */
  close(): Promise<void>;
}
