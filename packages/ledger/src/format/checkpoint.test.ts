import { describe, expect, it } from 'vitest';
import { readKnownAnswers } from '../testdata/read-testdata.ts';
import { openCheckpoint, signCheckpoint } from './checkpoint.ts';
import { createSigner } from './note-key.ts';
import { signNote } from './signed-note.ts';

const code = (name: string) => expect.objectContaining({ code: name });
const { notes, checkpoints } = readKnownAnswers();
const signer = createSigner(notes[0]?.name ?? '', Buffer.from(notes[0]?.seed ?? '', 'hex'));
const root = Buffer.alloc(32, 4);
const rootText = root.toString('base64');
const time = '2026-11-21T20:00:00.123Z';
const good = { origin: signer.name, size: 5, root, time };

describe('checkpoints', () => {
  it.each(checkpoints)('known answer of size $size', ({ root: known, note, ...fields }) => {
    const checkpoint = { ...fields, root: Buffer.from(known, 'base64') };
    expect(signCheckpoint(checkpoint, signer)).toBe(note);
    expect(openCheckpoint(note, signer.verifierKey)).toEqual(checkpoint);
  });

  it('a checkpoint of another origin is refused even if the key signed it', () => {
    const note = signNote(`other.example/log\n5\n${rootText}\ntime ${time}\n`, signer);
    expect(() => openCheckpoint(note, signer.verifierKey)).toThrow(code('ledger-checkpoint-malformed'));
  });

  it('the checkpoint of another ledger key is refused', () => {
    const other = createSigner(signer.name, Buffer.alloc(32, 8));
    const open = () => openCheckpoint(signCheckpoint(good, other), signer.verifierKey);
    expect(open).toThrow(code('ledger-signature-invalid'));
  });

  it.each([
    ['a leading zero', `05\n${rootText}\ntime ${time}\n`],
    ['a sign', `+5\n${rootText}\ntime ${time}\n`],
    ['an exponent', `5e3\n${rootText}\ntime ${time}\n`],
    ['a size beyond 2^53', `9007199254740993\n${rootText}\ntime ${time}\n`],
    ['a short root', `5\n${Buffer.alloc(31).toString('base64')}\ntime ${time}\n`],
    ['base64url', `5\n${Buffer.alloc(32, 0xfb).toString('base64url')}=\ntime ${time}\n`],
    ['no time', `5\n${rootText}\n`],
    ['a time of another form', `5\n${rootText}\ntime 2026-11-21 20:00\n`],
    ['a line more', `5\n${rootText}\ntime ${time}\nmore\n`],
    ['an empty line', `5\n${rootText}\n\ntime ${time}\n`],
  ])('%s is refused', (_, body) => {
    const note = signNote(`${signer.name}\n${body}`, signer);
    expect(() => openCheckpoint(note, signer.verifierKey)).toThrow(code('ledger-checkpoint-malformed'));
  });

  it.each([
    ['another origin', { origin: 'other' }],
    ['a negative size', { size: -1 }],
    ['a fraction', { size: 1.5 }],
    ['a short root', { root: Buffer.alloc(31) }],
    ['a time of another form', { time: 'yesterday' }],
  ])('%s is not signed', (_, change) => {
    expect(() => signCheckpoint({ ...good, ...change }, signer)).toThrow(code('ledger-checkpoint-malformed'));
  });
});
