/** What tests of the whole server stand on. */
export { type Answer, type ServerAddress, TestClient } from './client.ts';
export { testIdentityContext } from './contexts.ts';
export { withRoundTripsCounted } from './count-round-trips.ts';
export { openTestDatabase, TEST_DATABASE_KIND, type TestDatabase } from './database.ts';
export { createTestEnvironment, type TestEnvironment } from './environment.ts';
export { type ArrivedMail, arrived, startSmtpServer, TestMailbox } from './mailbox.ts';
export { plantSession } from './planted-session.ts';
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
  type NewPerson,
  type Outside,
  TEST_PASSWORD,
  type TestClinic,
  type TwoClinics,
} from './two-clinics.ts';
