import { EXIT } from '../exit-codes.ts';
import { rejectUnreadable } from '../named-file.ts';
import { StopSignals } from '../stop-signals.ts';
import type { Terminal } from '../terminal.ts';
import { createDemoHome } from './demo-home.ts';
import { DemoServer } from './demo-server.ts';
import { Narrator } from './narrator.ts';
import { type Scene, type SceneParts, setScene } from './scene.ts';
import { tellHowToTry, tellSignIns } from './sign-ins.ts';
import { tellStory } from './tell-story.ts';

/** Options of `demo`. */
export interface DemoOptions {
  readonly once?: boolean;
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
  try {
    const server = await DemoServer.create(home.environment);
    const parts = { home, server, narrator: new Narrator(terminal), files };
    try {
      return await perform(parts, once, signals.first);
    } finally {
      await server.end();
    }
  } finally {
    await home.remove();
    signals.release();
  }
}

async function perform(parts: SceneParts, once: boolean, stop: Promise<void>): Promise<number> {
  const story = tellAll(parts);
  const scene = await Promise.race([story, stop]);
  if (scene === undefined) return await afterInterruption(story, parts.server);
  if (once) return EXIT.ok;
  await serveScene(scene, parts);
  await stop;
  return EXIT.ok;
}

async function tellAll(parts: SceneParts): Promise<Scene> {
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

async function serveScene(scene: Scene, { server, narrator }: SceneParts): Promise<void> {
  const { running, publicUrl } = await server.start();
  tellSignIns(scene, narrator);
  tellHowToTry(publicUrl, running.authorityFile, narrator);
  narrator.heading(`Careward answers at ${publicUrl}. Ctrl-C ends it and removes everything.`);
}
