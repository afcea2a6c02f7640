import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfiguration } from '../config/index.ts';
import { systemContext } from './foundations.ts';
import { openPlatform } from './open-platform.ts';

test('a fresh home opens, makes its administrator once, and opens again', async () => {
  const home = await mkdtemp(join(tmpdir(), 'careward-'));
  const configuration = loadConfiguration({ CAREWARD_HOME: home });
  const first = await openPlatform(configuration);
  const code = await first.setup.open(systemContext());
  if (code === undefined) throw new Error('no code');
  const request = {
    code: code.reveal(),
    email: 'root@example.org',
    password: 'correct horse battery staple',
    displayName: 'Root',
  };
  await first.setup.createAdministrator(systemContext(), request);
  await expect(first.setup.createAdministrator(systemContext(), request)).rejects.toMatchObject({
    code: 'setup-refused',
  });
  expect(await first.setup.open(systemContext())).toBeUndefined();
  await first.close();
  const second = await openPlatform(configuration);
  expect(await second.setup.open(systemContext())).toBeUndefined();
  await second.close();
  await rm(home, { recursive: true });
});
