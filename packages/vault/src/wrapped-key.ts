/** A key as it is stored: its version and its envelope, 66 bytes under a region key of this process. */
export interface WrappedKey {
  readonly version: number;
  readonly wrapped: Buffer;
}
