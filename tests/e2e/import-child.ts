/** A process to be killed while it imports the files named on its command line; says how far it is, then the report. */
import { writeSync } from 'node:fs';
import { loadConfiguration, openPlatform } from '@careward/server';

const platform = await openPlatform(loadConfiguration());
writeSync(1, 'open\n');
const report = await platform.operatorImport.run(process.argv.slice(2), ({ patients }) => {
  writeSync(1, `patients ${patients}\n`);
});
await platform.sequencer.flush();
await platform.close();
writeSync(1, `${JSON.stringify(report)}\n`);
