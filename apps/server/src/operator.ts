// What the operator's command line may do, without any HTTP. The package's face: nothing else of the server is visible outside.
export { assertNode26, type Configuration, loadConfiguration } from './config/index.ts';
export { createSigningKeyFile } from './connections/index.ts';
export type { ImportProgress } from './modules/fhir/index.ts';
export { openPlatform, operatorContext, type Platform } from './platform.ts';
export { type RunningServer, startServer } from './server.ts';
