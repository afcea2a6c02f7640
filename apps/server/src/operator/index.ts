// What the operator's command line may do, without any HTTP. The package's face: nothing else of the server is visible outside.
export type { LedgerReport } from '../audit/index.ts';
export type { TokenCheck } from '../authentication/index.ts';
export { assertNode26, type Configuration, loadConfiguration } from '../config/index.ts';
export type { ImportProgress } from '../modules/fhir/index.ts';
export { openPlatform, type Platform } from '../platform/index.ts';
export { type RunningServer, startServer } from '../server.ts';
export { createKeyFile, type OperatorKeyFile, readVerifierKey } from './key-files.ts';
export { type LocalAccess, localAccess } from './local-access.ts';
export { asDatabaseOwner, type OwnerQuery } from './owner-session.ts';
export { type LedgerMeasure, verifyStoredLedger } from './stored-ledger.ts';
export {
  inspectStoredToken,
  inspectTokenWithKeySet,
  rotateTokenKeys,
} from './token-keys.ts';
