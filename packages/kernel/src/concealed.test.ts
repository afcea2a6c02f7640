import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { Phi, Secret } from './index.ts';

const marker = 'MARKER-7351';

/** Everything code does to a value that may end in text. Each returns whatever came out. */
const leaks: Record<string, (box: never) => unknown> = {
  toString: (box: object) => box.toString(),
  toLocaleString: (box: object) => box.toLocaleString(),
  valueOf: (box: object) => box.valueOf(),
  String: (box) => String(box),
  template: (box) => `${box}`,
  concatenation: (box: string) => 'x'.concat(box) + box,
  'Array.join': (box) => [box, box].join(),
  'array to string': (box) => String([box]),
  // biome-ignore lint/suspicious/noDoubleEquals: the conversion that == makes is the attack
  'loose equality': (box: unknown) => (box == marker ? marker : ''),
  comparison: (box: string) => (box > '' ? marker : ''),
  'property key': (box: string) => ({ [box]: 1 }),
  Number: (box) => Number(box),
  'Date argument': (box) => new Date(box),
  'Symbol description': (box: string) => Symbol(box).description,
  'JSON.stringify': (box) => JSON.stringify(box),
  'JSON.stringify nested': (box) => JSON.stringify({ a: [{ b: box }] }),
  'JSON.stringify with an allowlist': (box) => JSON.stringify({ value: box }, ['value', '#value']),
  inspect: (box) => inspect(box),
  'inspect, everything on': (box) =>
    inspect({ box }, { showHidden: true, depth: null, getters: true, showProxy: true }),
  'inspect without hooks': (box) => inspect({ box }, { customInspect: false, showHidden: true, depth: null }),
  'inspect of the prototype chain': (box) => inspect(Object.create(box), { showHidden: true, depth: null }),
  'format %s': (box) => format('%s', box),
  'format %o %O %j %d': (box) => [format('%o', box), format('%O', box), format('%d', box)],
  'format %j': (box) => format('%j', { box }),
  'console.log': (box) => printed((console) => console.log('user', box, { box })),
  'console.dir': (box) => printed((console) => console.dir({ box }, { showHidden: true, depth: null })),
  'console.table': (box) => printed((console) => console.table([{ box }])),
  structuredClone: (box) => inspect(structuredClone({ box }), { showHidden: true, depth: null }),
  'v8.serialize': (box) => [serialize({ box }).toString('latin1'), inspect(deserialize(serialize(box)))],
  spread: (box: object) => JSON.stringify({ ...box }),
  'Object.assign': (box: object) => JSON.stringify(Object.assign({}, box)),
  'Object.entries': (box: object) => JSON.stringify(Object.entries(box)),
  'Object.values': (box: object) => JSON.stringify(Object.values(box)),
  'for in': (box: object) => {
    const seen: unknown[] = [];
    for (const key in box) seen.push(key, Reflect.get(box, key));
    return seen;
  },
  'own properties': (box: object) => Reflect.ownKeys(box).map((key) => [String(key), Reflect.get(box, key)]),
  'property descriptors': (box: object) =>
    inspect(Object.getOwnPropertyDescriptors(box), { showHidden: true }),
  'Error message': (box: string) => new Error(box).stack,
  'Error message in a template': (box) => new Error(`failed for ${box}`).stack,
  'Error cause': (box) => inspect(new Error('failed', { cause: box }), { showHidden: true, depth: null }),
  'Error property': (box) => inspect(Object.assign(new Error('failed'), { box }), { depth: null }),
  'Object.prototype.toString': (box) => Object.prototype.toString.call(box),
  URLSearchParams: (box: string) => new URLSearchParams({ q: box }).toString(),
  'Buffer.from': (box: string) => Buffer.from(box).toString(),
  encodeURIComponent: (box: string) => encodeURIComponent(box),
  'RegExp source': (box: string) => new RegExp(box).source,
};

describe.each([
  ['Phi', Phi, 'phi-exposed'],
  ['Secret', Secret, 'secret-exposed'],
] as const)('%s cannot be turned into text by accident', (name, Box, code) => {
  it.each(Object.keys(leaks))('%s shows nothing', (way) => {
    for (const value of [marker, { nested: [marker] }, new Map([[marker, marker]]), Buffer.from(marker)]) {
      expect(attempt(leaks[way], Box.of(value))).not.toContain(marker);
    }
  });

  it.each([
    'toString',
    'toLocaleString',
    'valueOf',
    'String',
    'template',
    'concatenation',
    'JSON.stringify nested',
  ])(`%s throws ${code} instead of printing a placeholder`, (way) => {
    expect(attempt(leaks[way], Box.of(marker))).toContain(`thrown ${code}`);
  });

  it('is shown by inspect as its label only', () => {
    expect(inspect({ box: Box.of(marker) })).toBe(`{ box: [${name}] }`);
  });

  it('hands the value out to reveal and keeps it boxed through map', () => {
    const box = Box.of(marker);
    expect(box.reveal()).toBe(marker);
    const mapped = box.map((text) => text.length);
    expect(mapped).toBeInstanceOf(Box);
    expect(mapped.reveal()).toBe(marker.length);
  });
});

it('Phi and Secret are not assignable to each other', () => {
  // @ts-expect-error a secret is not health information
  const phi: Phi<string> = Secret.of(marker);
  expect(phi).toBeInstanceOf(Secret);
});

function attempt(leak: ((box: never) => unknown) | undefined, box: unknown): string {
  if (!leak) throw new Error('no such way');
  try {
    return everything(leak(box as never));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    return `thrown ${code} ${everything(error)}`;
  }
}

function everything(result: unknown): string {
  const text = typeof result === 'string' ? result : inspect(result, { showHidden: true, depth: null });
  return result instanceof Error
    ? `${text} ${result.message} ${result.stack} ${JSON.stringify(result)}`
    : text;
}

function printed(print: (console: Console) => void): string {
  let output = '';
  const sink = new Writable({
    write(chunk, _encoding, done) {
      output += String(chunk);
      done();
    },
  });
  print(new Console({ stdout: sink, stderr: sink }));
  return output;
}
