import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readKnownAnswers } from '../testdata/read-testdata.ts';
import { isLedgerError } from './ledger.errors.ts';
import { createSigner, isKeyName, parseVerifierKey } from './note-key.ts';
import { openNote, signNote } from './signed-note.ts';

const code = (name: string) => expect.objectContaining({ code: name });
const signer = createSigner('careward.example/a', Buffer.alloc(32, 1));
const key = parseVerifierKey(signer.verifierKey);
const witness = createSigner('witness.example', Buffer.alloc(32, 2));
const note = signNote('a text\n', signer);
const lineOf = (whole: string) => whole.slice(whole.lastIndexOf('\n\n') + 2);

describe('signed notes', () => {
  it.each(readKnownAnswers().notes)(
    'known answer of $verifierKey',
    ({ name, seed, verifierKey, text, note }) => {
      const known = createSigner(name, Buffer.from(seed, 'hex'));
      expect(known.verifierKey).toBe(verifierKey);
      expect(signNote(text, known)).toBe(note);
      expect(openNote(note, parseVerifierKey(verifierKey))).toBe(text);
    },
  );

  it('a change of any single character is refused', () => {
    for (let at = 0; at < note.length; at += 1) {
      const changed = `${note.slice(0, at)}${note[at] === 'B' ? 'C' : 'B'}${note.slice(at + 1)}`;
      expect(() => openNote(changed, key)).toThrow();
    }
  });

  it('signatures of unknown keys are ignored, before and after the known one', () => {
    const witnessed = lineOf(signNote('a text\n', witness));
    expect(openNote(note + witnessed, key)).toBe('a text\n');
    expect(openNote(`a text\n\n${witnessed}${lineOf(note)}`, key)).toBe('a text\n');
  });

  it('a note that only others signed is refused', () => {
    expect(() => openNote(signNote('a text\n', witness), key)).toThrow(code('ledger-signature-invalid'));
  });

  it('another key under the same name is refused', () => {
    const impostor = createSigner(signer.name, Buffer.alloc(32, 9));
    expect(() => openNote(signNote('a text\n', impostor), key)).toThrow(code('ledger-signature-invalid'));
  });

  it('a false signature of the known key beside the true one spoils the note', () => {
    const false_ = lineOf(signNote('another text\n', signer));
    expect(() => openNote(note + false_, key)).toThrow(code('ledger-signature-invalid'));
  });

  it('16 signatures are accepted', () => {
    const others = Array.from({ length: 15 }, (_, at) =>
      lineOf(signNote('a text\n', createSigner(`w${at}.example`, Buffer.alloc(32, at + 20)))),
    );
    expect(openNote(note + others.join(''), key)).toBe('a text\n');
  });

  it.each([
    ['no signature block', 'a text\n'],
    ['no final newline', note.slice(0, -1)],
    ['a tab', note.replace(' text', '\ttext')],
    ['a carriage return', note.replaceAll('\n', '\r\n')],
    ['a hyphen for the dash', note.replace('\u2014', '-')],
    ['base64 without padding', note.replace('=\n', '\n')],
    ['a lone surrogate', `\ud800${note}`],
    ['an empty text', ''],
  ])('%s is not a note', (_, text) => {
    expect(() => openNote(text, key)).toThrow(code('ledger-note-malformed'));
  });

  it('whatever is read, only ledger errors are thrown', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((s) => `${s}\n\n${lineOf(note)}`),
        ),
        (any) => {
          expect(throwsOnlyLedgerErrors(() => openNote(any, key))).toBe(true);
        },
      ),
    );
  });
});

describe('verifier keys', () => {
  const [name, id, encoded] = signer.verifierKey.split('+');

  it.each([
    ['an id of another key', `${name}+00000000+${encoded}`],
    ['another name', `other+${id}+${encoded}`],
    ['an upper-case id', `${name}+${id?.toUpperCase()}X+${encoded}`],
    ['no name', `+${id}+${encoded}`],
    ['another algorithm', `${name}+${id}+${Buffer.alloc(33, 2).toString('base64')}`],
    ['a short key', `${name}+${id}+${Buffer.alloc(32, 1).toString('base64')}`],
    ['a trailing newline', `${signer.verifierKey}\n`],
    ['nothing', ''],
  ])('%s is refused', (_, vkey) => {
    expect(() => parseVerifierKey(vkey)).toThrow(code('ledger-verifier-key-malformed'));
  });

  it.each(['', 'a b', 'a+b', 'a\u00a0b', 'a\u2028b', 'a\nb', 'a\u0000b', '\ud800'])(
    '%j is no key name',
    (bad) => {
      expect(isKeyName(bad)).toBe(false);
      expect(() => createSigner(bad, Buffer.alloc(32))).toThrow(code('ledger-signing-key-malformed'));
    },
  );

  it('a seed of another length is refused', () => {
    expect(() => createSigner('a', Buffer.alloc(31))).toThrow(code('ledger-signing-key-malformed'));
  });

  it('the signer does not show its key', () => {
    expect(JSON.stringify(signer)).not.toContain(Buffer.alloc(32, 1).toString('base64'));
    expect(Object.keys(signer)).toEqual(['name', 'id', 'verifierKey', 'sign']);
  });
});

function throwsOnlyLedgerErrors(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    return isLedgerError(error);
  }
}
