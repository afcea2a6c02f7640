import { errorTable } from '@careward/kernel';

const publicMessage = 'The home folder of the server cannot be used.';

/** Refusals of the home folder and the key files; met at start, by the operator. `detail` names the file and what to do. */
export const homeErrors = errorTable({
  'home-unusable': { category: 'internal', publicMessage },
  'home-exposed': { category: 'internal', publicMessage },
  'home-file-malformed': { category: 'internal', publicMessage },
  'home-development-key': { category: 'internal', publicMessage },
});
