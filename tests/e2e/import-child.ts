/** A process to be killed while it imports the files named on its command line; says how far it is, then the report. */
import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { loadConfiguration, openPlatform } from '@careward/server';

const platform = await openPlatform(loadConfiguration());
writeSync(1, 'open\n');
const report = await platform.operatorImport.run(process.argv.slice(2), ({ patients }) => {
  writeSync(1, `patients ${patients}\n`);
});
// Transactions of other databases on the same server hold the horizon back.
while ((await platform.sequencer.flush()) >= 0 && platform.sequencer.pending > 0) await delay(20);
await platform.close();
writeSync(1, `${JSON.stringify(report)}\n`);
