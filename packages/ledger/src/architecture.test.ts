import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const ALLOWED: Record<string, RegExp> = {
  format: /^(\.\/|node:crypto$|@careward\/kernel$)/,
  appender: /^(\.\/|\.\.\/format\/)/,
  verifier: /^(\.\/|\.\.\/format\/)/,
};

/** The verifier is worth something only as long as it shares no tree code with what it verifies. */
describe.each(Object.entries(ALLOWED))('src/%s', (folder, allowed) => {
  const files = readdirSync(new URL(`${folder}/`, import.meta.url)).filter(
    (name) => !name.endsWith('.test.ts'),
  );

  it('has files, so that this test can fail', () => {
    expect(files.length).toBeGreaterThan(2);
  });

  it.each(files)(`%s imports only what ${folder} may`, (name) => {
    const foreign = importsOf(`${folder}/${name}`).filter((target) => !allowed.test(target));
    expect(foreign).toEqual([]);
  });
});

it('no file uses 32-bit operators, which break indexes above 2^31', () => {
  for (const folder of Object.keys(ALLOWED)) {
    for (const name of readdirSync(new URL(`${folder}/`, import.meta.url)).filter(
      (file) => !file.endsWith('.test.ts'),
    )) {
      const code = sourceOf(`${folder}/${name}`).replace(
        /\/\/.*|\/\*[\s\S]*?\*\/|'[^'\n]*'|`[^`]*`|\/\^.*\/u?/g,
        '',
      );
      expect([name, code.match(/<<|>>[^(]|[^&]&[^&]|~~|\|\s*0\b|\s\^\s/g)]).toEqual([name, null]);
    }
  }
});

function importsOf(path: string): string[] {
  return [
    ...sourceOf(path).matchAll(/(?:^(?:import|export)\b[^;]*?\bfrom|^import|\bimport\()\s*'([^']+)'/gm),
  ].map(([, target = '']) => target);
}

function sourceOf(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}
