export type { LimitsConfiguration } from './limits.ts';
export { type Configuration, loadConfiguration } from './load-configuration.ts';
export type { LoggingConfiguration } from './logging.ts';
export type { MailConfiguration } from './mail.ts';
export { isPlainHttp, type OpenidProviderSettings } from './openid-providers-file.ts';
export type { PasswordsConfiguration } from './passwords.ts';

export { assertNode26 } from './runtime.ts';

export { knownVariables } from './settings.ts';
export type { StoreConfiguration } from './store.ts';
export { legacyIssuerOf } from './tokens.ts';
