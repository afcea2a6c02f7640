// The one reader of the environment.
//
// Defends an operator from a server that starts with a misspelt, malformed or weak setting: every fault of every variable is
// collected and the server refuses to start with any. Values are never repeated, since a value in the wrong variable may be a
// secret. Does not check that a reachable database or store is behind the addresses; the connections do that.
import type { Fault } from '@careward/kernel';
import type { Concern, Environment } from './concern.ts';
import { configErrors } from './config.errors.ts';
import { consistencyFaults } from './consistency-rules.ts';
import { productionFaults } from './production-rules.ts';
import { concerns, type Settings } from './settings.ts';
import { unknownVariableFaults } from './unknown-variables.ts';

/** The whole configuration, frozen. `profile` is repeated here from `home` because so much depends on it. */
export interface Configuration extends Settings {
  readonly profile: 'development' | 'production';
}

/**
 * Reads the configuration from environment variables.
 * @throws CarewardError `configuration-invalid` with every fault: `path` is the variable, `message` what is wrong and what to do
 */
export function loadConfiguration(environment: Environment = process.env): Configuration {
  const faults: Fault[] = unknownVariableFaults(environment);
  const settings = readConcerns(environment, faults);
  faults.push(...consistencyFaults(settings));
  if (settings.home?.profile === 'production') faults.push(...productionFaults(settings));
  if (faults.length > 0 || !isComplete(settings)) throw invalid(faults);
  return Object.freeze({ ...settings, profile: settings.home.profile });
}

function readConcerns(environment: Environment, faults: Fault[]): Partial<Settings> {
  const values: Record<string, object> = {};
  for (const [name, concern] of Object.entries<Concern<object>>(concerns)) {
    const result = concern.read(environment);
    if (result.ok) values[name] = result.value;
    else faults.push(...result.faults);
  }
  return values;
}

function isComplete(settings: Partial<Settings>): settings is Settings {
  return Object.keys(concerns).every((name) => Object.hasOwn(settings, name));
}

function invalid(faults: readonly Fault[]) {
  const lines = faults.map((fault) => `${fault.path} ${fault.message}`);
  return configErrors.error('configuration-invalid', { faults, detail: lines.join('\n') });
}
