// One proof, checked offline: no database, no server, no network. It trusts the key file that it is given and nothing else, so it
// is worth what the way is worth on which that key arrived.
import { type ProofVerdict, parseVerifierKey, verifyProofFile } from '@careward/ledger';
import { cliErrors } from '../cli.errors.ts';
import { EXIT } from '../exit-codes.ts';
import { readNamedFile } from '../named-file.ts';
import { type Terminal, toned } from '../terminal.ts';
import type { LedgerVerifyOptions } from './ledger-verify.ts';

/** Judges the proof file under the key. A proof that does not hold exits with 4; a malformed key is an error. */
export async function verifyProof(options: LedgerVerifyOptions, terminal: Terminal): Promise<number> {
  const { proof, key } = options;
  if (proof === undefined || key === undefined)
    throw cliErrors.error('cli-input-missing', { detail: '--key' });
  const verifierKey = (await readNamedFile(key)).trim();
  parseVerifierKey(verifierKey);
  const verdict = verifyProofFile(await readNamedFile(proof), verifierKey);
  if (options.json) terminal.out(JSON.stringify(verdict.proved ? provedJson(verdict) : verdict, null, 2));
  else for (const line of verdictLines(verdict, terminal)) terminal.out(line);
  return verdict.proved ? EXIT.ok : EXIT.ledgerNotVerified;
}

type Proved = Extract<ProofVerdict, { proved: true }>;

function provedJson({ entry, leafIndex, checkpoint }: Proved) {
  const { origin, size, root, time } = checkpoint;
  return {
    proved: true,
    entry,
    leafIndex,
    checkpoint: { origin, size, root: root.toString('base64'), time },
  };
}

function verdictLines(verdict: ProofVerdict, terminal: Terminal): string[] {
  if (!verdict.proved)
    return [`${toned(terminal, 'bad', 'NOT PROVED')}  ${verdict.message} [${verdict.problem}]`];
  const { entry, leafIndex, checkpoint } = verdict;
  return [
    `${toned(terminal, 'good', 'PROVED')}  The entry is in the log, as the key of the log vouches.`,
    `  when      ${entry.at}`,
    `  who       ${entry.actorRole} ${entry.actorId ?? ''}`.trimEnd(),
    `  what      ${entry.action} ${entry.resourceType} ${entry.resourceId ?? ''}`.trimEnd(),
    `  why       ${entry.purpose ?? 'no purpose given'}`,
    `  outcome   ${entry.outcome}`,
    `  log       ${checkpoint.origin}, leaf ${leafIndex} of ${checkpoint.size}, signed ${checkpoint.time}`,
  ];
}
