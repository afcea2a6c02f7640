import type { Command } from 'commander';
import type { CommandHost } from '../command-host.ts';
import { createDemoHome } from '../demo/demo-home.ts';
import { DemoServer } from '../demo/demo-server.ts';
import { Narrator } from '../demo/narrator.ts';
import { type Scene, setScene } from '../demo/scene.ts';
import { tellHowToTry, tellSignIns } from '../demo/sign-ins.ts';
import { tellStory } from '../demo/tell-story.ts';
import { EXIT } from '../exit-codes.ts';
import { rejectUnreadable } from '../named-file.ts';
import { StopSignals } from '../stop-signals.ts';
import type { Terminal } from '../terminal.ts';

/** Options of `demo`. */
export interface DemoOptions {
  readonly once?: boolean;
}

/** Adds `demo`. */
export function addDemoCommand(program: Command, { terminal, action }: CommandHost): void {
  program
    .command('demo')
    .description('show what Careward proves, on a home in a temporary folder; then serve it')
    .argument('[file...]', 'FHIR R4 bundles to use instead of the generated ones')
    .option('--once', 'end after the steps instead of serving')
    .addHelpText('after', '\nNothing of your own deployment is used. The folder is removed at the end.')
    .action(action((files: string[], options: DemoOptions) => demonstrate(files, options, terminal)));
}

/** Shows every step, then serves until a signal comes. The home is removed in any case. */
export async function demonstrate(
  files: readonly string[],
  { once = false }: DemoOptions,
  terminal: Terminal,
): Promise<number> {
  for (const file of files) await rejectUnreadable(file);
  const home = await createDemoHome(terminal.environment);
  const signals = new StopSignals(() => process.exit(EXIT.interrupted));
  const server = await DemoServer.create(home.environment);
  const narrator = new Narrator(terminal);
  try {
    return await perform({ home, server, narrator, files }, once, signals.first);
  } finally {
    await server.stop();
    await home.remove();
    signals.release();
  }
}

async function perform(
  parts: Parameters<typeof setScene>[0],
  once: boolean,
  stop: Promise<void>,
): Promise<number> {
  const story = stage(parts);
  const ended = await Promise.race([story, stop]);
  if (ended === undefined) return await afterInterruption(story, parts.server);
  if (once) return EXIT.ok;
  await serveScene(ended, parts);
  await stop;
  return EXIT.ok;
}

async function stage(parts: Parameters<typeof setScene>[0]): Promise<Scene> {
  const scene = await setScene(parts);
  await tellStory(scene, parts.narrator);
  return scene;
}

/** The step in work comes to its end first: the folder is not taken away from under an open database. */
async function afterInterruption(story: Promise<Scene>, server: DemoServer): Promise<number> {
  await server.end();
  await story.catch(() => undefined);
  return EXIT.interrupted;
}

async function serveScene(scene: Scene, { server, narrator }: Parameters<typeof setScene>[0]): Promise<void> {
  const { running } = await server.start();
  tellSignIns(scene, narrator);
  tellHowToTry(running.url, running.authorityFile, scene, narrator);
  narrator.heading(`Careward answers at ${running.url}. Ctrl-C ends it and removes everything.`);
}
