/**
 * A process to be killed: opens the database that the first argument describes, runs a sequencer with small batches and a witness
 * file, writes numbered entries for ever, and prints each number once it is acknowledged.
 */
import { writeSync } from 'node:fs';
import { createSigner } from '@careward/ledger';
import { auditEntryInsert, FileCheckpointWitness } from '../src/audit/index.ts';
import { type DatabaseOptions, openDatabase } from '../src/connections/index.ts';
import { Database } from '../src/persistence/index.ts';
import { testIdentityContext } from './contexts.ts';
import { testSequencer } from './ledger.ts';

/** What the parent hands over, as JSON. */
export interface LedgerWriterOrders {
  readonly database: DatabaseOptions;
  readonly witnessPath: string;
  readonly keyName: string;
  /** Hexadecimal. */
  readonly seed: string;
  /** Number of the first entry. */
  readonly first: number;
}

const orders: LedgerWriterOrders = JSON.parse(process.argv[2] ?? '');
const database = new Database(await openDatabase(orders.database));
const signer = createSigner(orders.keyName, Buffer.from(orders.seed, 'hex'));
const sequencer = testSequencer(database, signer, new FileCheckpointWitness(orders.witnessPath), {
  plan: { intervalMs: 1, batch: 3 },
  onFailure: (error) => writeSync(2, `${error}\n`),
});
await sequencer.start();
const identity = database.forIdentity(testIdentityContext());
for (let number = orders.first; ; number += 1) {
  const event = {
    action: 'test',
    resourceType: 'test',
    resourceId: String(number),
    outcome: 'success',
  } as const;
  await identity.run(auditEntryInsert(identity.build, event, null));
  writeSync(1, `${number}\n`);
}
