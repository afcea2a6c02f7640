/** What an authenticator has to say in CBOR. Maps keep their order. */
export type CborValue =
  | number
  | string
  | Uint8Array
  | readonly CborValue[]
  | ReadonlyMap<number | string, CborValue>;

/** Encodes a value in definite lengths (RFC 8949 section 3). Takes integers only, of at most 32 bits. */
export function encodeCbor(value: CborValue): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return join(3, Buffer.from(value, 'utf8'));
  if (value instanceof Uint8Array) return join(2, Buffer.from(value));
  if (value instanceof Map) {
    const pairs = [...value].flatMap(([key, member]) => [encodeCbor(key), encodeCbor(member)]);
    return Buffer.concat([head(5, value.size), ...pairs]);
  }
  const items = [...(value as readonly CborValue[])];
  return Buffer.concat([head(4, items.length), ...items.map(encodeCbor)]);
}

function join(major: number, content: Buffer): Buffer {
  return Buffer.concat([head(major, content.length), content]);
}

function head(major: number, argument: number): Buffer {
  const type = major << 5;
  if (argument < 24) return Buffer.from([type | argument]);
  if (argument < 0x100) return Buffer.from([type | 24, argument]);
  const long = argument >= 0x1_0000;
  const bytes = Buffer.alloc(long ? 5 : 3);
  bytes[0] = type | (long ? 26 : 25);
  if (long) bytes.writeUInt32BE(argument, 1);
  else bytes.writeUInt16BE(argument, 1);
  return bytes;
}
