import type { Command } from 'commander';
import type { CommandHost } from '../command-host.ts';
import { EXIT } from '../exit-codes.ts';
import { loadServer } from '../load-server.ts';
import type { Terminal } from '../terminal.ts';

/** Adds `config check`. */
export function addConfigCommands(program: Command, { terminal, action }: CommandHost): void {
  program
    .command('config')
    .description('the environment variables that configure the server')
    .command('check')
    .description('list every fault of the configuration, without starting anything')
    .action(action(() => checkConfiguration(terminal)));
}

/** Reads the configuration and says where the server would serve what. Rejects with every fault at once. */
async function checkConfiguration(terminal: Terminal): Promise<number> {
  const { loadConfiguration } = await loadServer();
  const { profile, home, network, tls, database, store } = loadConfiguration(terminal.environment);
  const scheme = tls.plainHttp ? 'http' : `https, ${tls.minimumVersion} or later`;
  terminal.out('The configuration has no faults.');
  terminal.out(`  profile   ${profile}`);
  terminal.out(`  region    ${home.region}`);
  terminal.out(`  home      ${home.path}`);
  terminal.out(`  address   ${network.host} port ${network.port} (${scheme})`);
  terminal.out(
    `  database  ${database.url === undefined ? 'embedded, in the home folder' : 'a Postgres server'}`,
  );
  terminal.out(`  sessions  ${store.redisUrl === undefined ? 'in this process' : 'a Redis server'}`);
  return EXIT.ok;
}
