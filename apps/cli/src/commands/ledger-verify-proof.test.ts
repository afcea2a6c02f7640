import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  appendLeaves,
  commitEntry,
  createProofFile,
  createSigner,
  EMPTY_LEDGER,
  inclusionProof,
  type LedgerEntry,
  signCheckpoint,
  type TileReader,
} from '@careward/ledger';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommandLine } from '../command-line.ts';

const signer = createSigner('careward.test/ledger', randomBytes(32));
const stranger = createSigner('careward.test/ledger', randomBytes(32));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'careward-proof-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('a proof that holds exits with 0 and says what is proved', async () => {
  const { code, out } = await verify(await proof());
  expect(out).toContain('PROVED');
  expect(out).toContain('patient.read');
  expect(code).toBe(0);
});

test('one changed word, another key, and what is no proof exit with 4', async () => {
  const file = await proof();
  expect(await verify({ ...file, entry: { ...file.entry, purpose: 'HPAYMT' } })).toMatchObject({ code: 4 });
  expect(await verify({ ...file, leafIndex: file.leafIndex + 1 })).toMatchObject({ code: 4 });
  expect(await verify(file, stranger.verifierKey)).toMatchObject({ code: 4 });
  expect(await verify({ format: 'else' })).toMatchObject({
    code: 4,
    out: expect.stringContaining('NOT PROVED'),
  });
});

test('a key that is none is an error, not a verdict', async () => {
  const { code, notes } = await verify(await proof(), 'no key');
  expect(code).toBe(1);
  expect(notes).toContain('[ledger-verifier-key-malformed]');
});

async function verify(file: object, key: string = signer.verifierKey) {
  const paths = { proof: join(folder, 'proof.json'), key: join(folder, 'key.txt') };
  await writeFile(paths.proof, JSON.stringify(file));
  await writeFile(paths.key, `${key}\n`);
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runCommandLine(['ledger', 'verify', '--proof', paths.proof, '--key', paths.key], {
    environment: {},
    out: (line) => out.push(line),
    note: (line) => notes.push(line),
    outIsTty: false,
    noteIsTty: false,
  });
  return { code, out: out.join('\n'), notes: notes.join('\n') };
}

async function proof() {
  const salts = Array.from({ length: 5 }, () => randomBytes(32));
  const commitments = salts.map((salt, at) => commitEntry(entry(at), salt));
  const { size, root, tiles } = await appendLeaves(EMPTY_LEDGER, reader([]), commitments);
  const checkpoint = signCheckpoint(
    { origin: signer.name, size, root, time: '2026-01-01T00:00:09.000Z' },
    signer,
  );
  const path = await inclusionProof(reader(tiles), 3, size);
  return createProofFile({
    entry: entry(3),
    salt: salts[3] ?? Buffer.alloc(0),
    leafIndex: 3,
    path,
    checkpoint,
  });
}

function reader(tiles: readonly { level: number; index: number; hashes: Buffer }[]): TileReader {
  return {
    readTile: async (level, index) =>
      tiles.find((tile) => tile.level === level && tile.index === Number(index))?.hashes,
  };
}

function entry(at: number): LedgerEntry {
  return {
    id: String(at + 1),
    at: `2026-01-01T00:00:0${at}.000Z`,
    clinicId: null,
    actorId: null,
    actorRole: 'DOCTOR',
    purpose: 'TREAT',
    requestId: null,
    address: null,
    agent: null,
    action: 'patient.read',
    resourceType: 'patient',
    resourceId: null,
    patientId: null,
    outcome: 'success',
    reason: null,
  };
}
