import { errorTable } from '@careward/kernel';

/** Failures of the command line itself; met by the operator, who sees `detail`. */
export const cliErrors = errorTable({
  'cli-file-unreadable': { category: 'invalid-input', publicMessage: 'A file cannot be read.' },
  'cli-file-malformed': { category: 'invalid-input', publicMessage: 'A file is not what it should be.' },
  'cli-input-missing': {
    category: 'invalid-input',
    publicMessage: 'Something that the command needs was not given.',
  },
  'cli-key-file-exists': {
    category: 'conflict',
    publicMessage: 'A key file is there already, and keys are never replaced.',
  },
  'cli-address-unavailable': {
    category: 'unavailable',
    publicMessage: 'The server cannot listen at its address.',
  },
  'cli-server-unreachable': { category: 'unavailable', publicMessage: 'The server does not answer.' },
  'cli-server-not-trusted': {
    category: 'unavailable',
    publicMessage: 'The certificate of the server is not signed by the authority that it should be.',
  },
  'cli-answer-unexpected': {
    category: 'internal',
    publicMessage: 'The server answered something that this version does not understand.',
  },
  'cli-demo-step-failed': {
    category: 'internal',
    publicMessage: 'A step of the demonstration did not show what it has to show.',
  },
  'cli-unexpected': { category: 'internal', publicMessage: 'Something failed that has no code of its own.' },
});
