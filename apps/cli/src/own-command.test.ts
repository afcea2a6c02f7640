import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { ownCommand } from './own-command.ts';

test('a shell reads back exactly the words that were given', () => {
  const words = ['--name', "O'Keefe; rm -rf /", '$(id)', 'a b', '--code=-x_1'];
  const line = ownCommand(...words)
    .split(' ')
    .slice(2)
    .join(' ');
  const script = `printf '%s\\n' ${line}`;
  expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toBe(`${words.join('\n')}\n`);
});
