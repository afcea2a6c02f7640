// Everything that the server and the operator's commands stand on, opened in order and closed in reverse.
//
// The one place where services meet their parts. Controllers and guards get them from app.module.ts; the command line uses them
// without any HTTP.
import { type Clock, systemClock } from '@careward/kernel';
import type { Configuration } from '../config/index.ts';
import { openDatabase, openHome, openPlaces, openStores } from '../connections/index.ts';
import { Database, ReceiptHousekeepingRepository } from '../persistence/index.ts';
import { buildEdge, buildLedger } from './edge-and-ledger.ts';
import { databaseOptions, prepareSchema, rejectPrivilegedLogin } from './foundations.ts';
import { Housekeeping } from './housekeeping.ts';
import { buildServices } from './services.ts';
import { buildSessionWatch } from './session-watch.ts';
import { buildWatch, registerHealth, storeEvents } from './watch.ts';

/** An open platform: connections, keys and every service. */
export type Platform = Awaited<ReturnType<typeof openPlatform>>;

/** Opens home, database and stores, applies missing migrations, and builds the services. Closes what is open when a part fails. */
export async function openPlatform(configuration: Configuration, clock: Clock = systemClock) {
  const watch = buildWatch(configuration, clock);
  const places = await openPlaces(configuration.places.file);
  const home = await openHome(configuration, clock);
  const database = new Database(await openDatabase(databaseOptions(configuration, home)));
  try {
    await prepareSchema(configuration, database);
    await rejectPrivilegedLogin(configuration, database);
    const stores = await openStores(configuration.store, clock, storeEvents(watch), home.path);
    const foundations = { configuration, clock, home, database, stores, places, events: watch.events };
    const edge = buildEdge(foundations, watch);
    const services = await buildServices(foundations, watch, edge.limits);
    const ledger = buildLedger(foundations, watch);
    const sessions = buildSessionWatch(foundations, watch, services.sessionRepository);
    const receipts = new ReceiptHousekeepingRepository(database);
    const housekeeping = new Housekeeping(
      [receipts, services.securityEvents],
      sessions.sessionWatch,
      watch.logging,
    );
    registerHealth(watch.health, database, stores);
    const close = async () => {
      services.mail.transport.close();
      await stores.close();
      await database.close();
    };
    const { sessionStatistics } = sessions;
    return {
      ...foundations,
      ...watch,
      ...services,
      ...ledger,
      ...edge,
      sessionStatistics,
      housekeeping,
      close,
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
