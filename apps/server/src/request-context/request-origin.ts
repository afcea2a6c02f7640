import type { RequestId } from '@careward/kernel';

/** Where a request came from. `address` is the client's after trusted proxies, `agent` the User-Agent cut to 200 characters. */
export interface RequestOrigin {
  readonly requestId: RequestId;
  readonly address: string | null;
  readonly agent: string | null;
}
