import { describe, expect, it } from 'vitest';
import { NeedleSearch } from './needle-search.ts';

const VALUES = ['José María Casares', '999-20-9735', '1974-07-05', "Freda O'Connell", '12345'];

describe('the search for needles', () => {
  const search = new NeedleSearch(VALUES);
  const name = Buffer.from('José María Casares');

  it.each([
    ['text', Buffer.from('{"name":"José María Casares"}')],
    ['upper case', Buffer.from("FREDA O'CONNELL")],
    ['latin1', Buffer.from('José María Casares', 'latin1')],
    ['utf-16', Buffer.from('José María Casares', 'utf16le')],
    ['decomposed', Buffer.from('José María Casares'.normalize('NFD'))],
    ['hex', Buffer.from(name.toString('hex').toUpperCase())],
    ['base64', Buffer.from(name.toString('base64'))],
    ['base64 in the middle', Buffer.from(Buffer.from('{"n":"José María Casares"}').toString('base64'))],
    ['base64 one further', Buffer.from(Buffer.from('{"no":"José María Casares"}').toString('base64url'))],
    ['an address', Buffer.from('/patients?name=Jos%C3%A9%20Mar%C3%ADa%20Casares')],
    ['escaped JSON', Buffer.from('"Jos\\u00e9 Mar\\u00eda Casares"')],
    ['a number without separators', Buffer.from('"999209735"')],
    ['SQL', Buffer.from("'Freda O''Connell'")],
    ['the end of the bytes', Buffer.concat([Buffer.alloc(5), Buffer.from('1974-07-05')])],
  ])('finds a value as %s', (_, bytes) => {
    expect(search.inBytes(bytes, 'here')).toHaveLength(1);
  });

  it('finds short values as whole fields only, and parts of names not at all', () => {
    expect(search.inField('12345', 'here')).toMatchObject([{ needle: '12345' }]);
    expect(search.inField('x12345', 'here')).toEqual([]);
    expect(search.inBytes(Buffer.from('Dr. José Casares, Freda Connell, 1974-07'), 'here')).toEqual([]);
  });
});
