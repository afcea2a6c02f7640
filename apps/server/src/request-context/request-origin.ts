import type { RequestId } from '@careward/kernel';

/** Where a request came from. `address` is the client's after trusted proxies, `agent` the User-Agent cut to 200 characters; '' when unknown. */
export interface RequestOrigin {
  readonly requestId: RequestId;
  readonly address: string;
  readonly agent: string;
}
