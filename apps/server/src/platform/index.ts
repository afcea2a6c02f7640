export { ledgerOrigin } from './edge-and-ledger.ts';
export { operatorContext, systemContext } from './foundations.ts';
export { openPlatform, type Platform } from './open-platform.ts';
