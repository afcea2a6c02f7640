/** The vault: keys in a hierarchy, values sealed to their place. See docs/formats/envelope.md. */
export { openCell, sealCell } from './cell.ts';
export type { CellPlace } from './cell-place.ts';
export type { DataKey } from './data-key.ts';
export { DiskRegionKeyStore } from './disk-region-key-store.ts';
export { keyVersionOf } from './envelope.ts';
export type { KeyFileOrigin } from './key-file.ts';
export { Keyring, type KeyringOptions } from './keyring.ts';
export { MemoryRegionKeyStore } from './memory-region-key-store.ts';
export type { OpenedKeyLimits } from './opened-keys.ts';
export type { RegionKey, RegionKeyMaterial, RegionKeyStore } from './region-keys.ts';
export type { ScopeKey } from './scope-key.ts';
export { vaultErrors } from './vault.errors.ts';
export type { WrappedKey } from './wrapped-key.ts';
