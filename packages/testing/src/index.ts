/** What tests share. Only tests import this package. */
export { DpopClient, type ProofAlgorithm, type ProofChanges, type ProofRequest } from './dpop-client.ts';
export { FakeClock } from './fake-clock.ts';
export { bytes, cellPlace, type GeneratedPlace, unicodeText } from './generators.ts';
export { readSharedJson, sharedData, sharedDataAbsent } from './shared-data.ts';
export {
  type CreationOptions,
  type Misbehaviour,
  type RequestOptions,
  SoftwareAuthenticator,
} from './software-authenticator.ts';
