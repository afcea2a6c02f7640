export { TokenKeySetController } from './token-key-set.controller.ts';
export { TokenKeysController } from './token-keys.controller.ts';
export { TokenKeysService } from './token-keys.service.ts';
