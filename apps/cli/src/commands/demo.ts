import type { Command } from 'commander';
import type { CommandHost } from '../command-host.ts';
import type { DemoOptions } from '../demo/demonstrate.ts';

/** Adds `demo`. What it needs, a generator of people among it, is loaded by this command alone. */
export function addDemoCommand(program: Command, { terminal, action }: CommandHost): void {
  program
    .command('demo')
    .description('show what Careward proves, on a home in a temporary folder; then serve it')
    .argument('[file...]', 'FHIR R4 bundles to use instead of the generated ones')
    .option('--once', 'end after the steps instead of serving')
    .addHelpText('after', '\nNothing of your own deployment is used. The folder is removed at the end.')
    .action(
      action(async (files: string[], options: DemoOptions) => {
        const { demonstrate } = await import('../demo/demonstrate.ts');
        return await demonstrate(files, options, terminal);
      }),
    );
}
