/** What tests share. Only tests import this package. */
export { FakeClock } from './fake-clock.ts';
export { bytes, cellPlace, type GeneratedPlace, unicodeText } from './generators.ts';
export { readSharedJson, sharedData, sharedDataAbsent } from './shared-data.ts';
