import { configErrors } from './config.errors.ts';

/**
 * Refuses to go on under an older Node: npm scripts fall back to the host's version without a word when the bundled one is absent.
 * @throws CarewardError `configuration-runtime-unsupported`
 */
export function assertNode26(version: string = process.versions.node): void {
  const major = Number.parseInt(version, 10);
  if (major >= 26) return;
  throw configErrors.error('configuration-runtime-unsupported', {
    faults: [
      {
        path: 'node',
        message: `is version ${version}; run \`npm ci\` and start through \`npm run\`, which brings Node 26`,
      },
    ],
  });
}
