/** What tests of the whole server stand on. */
export { type Answer, type ServerAddress, TestClient } from './client.ts';
export { withRoundTripsCounted } from './count-round-trips.ts';
export { openTestDatabase, TEST_DATABASE_KIND, type TestDatabase } from './database.ts';
export { createTestEnvironment, type TestEnvironment } from './environment.ts';
export {
  type ChildServer,
  spawnTestServer,
  startTestServer,
  startTwoClinics,
  type TestServer,
} from './server.ts';
export {
  admitPerson,
  buildTwoClinics,
  TEST_PASSWORD,
  type TestClinic,
  type TwoClinics,
} from './two-clinics.ts';
