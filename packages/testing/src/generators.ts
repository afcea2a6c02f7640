import fc from 'fast-check';

/** The parts of a cell's place, structurally what the vault asks for. */
export interface GeneratedPlace {
  readonly region: string;
  readonly clinicId: string;
  readonly patientId: string;
  readonly table: string;
  readonly column: string;
  readonly rowId: string;
}

/** Any well-formed Unicode text, empty included; every plane, combining marks and control characters. */
export const unicodeText: fc.Arbitrary<string> = fc.string({ unit: 'binary', maxLength: 60 });

/** Bytes of up to `maxLength`, as a Buffer. */
export function bytes(maxLength = 200): fc.Arbitrary<Buffer> {
  return fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
}

/** A cell's place: mostly ids as Careward makes them, sometimes hostile text; owner ids may be ''. */
export const cellPlace: fc.Arbitrary<GeneratedPlace> = fc.record({
  region: namePart(),
  clinicId: ownerId(),
  patientId: ownerId(),
  table: namePart(),
  column: namePart(),
  rowId: namePart(),
});

function namePart(): fc.Arbitrary<string> {
  const hostile = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
  return fc.oneof(fc.uuid({ version: 7 }), fc.stringMatching(/^[a-z_]{1,12}$/), hostile);
}

function ownerId(): fc.Arbitrary<string> {
  return fc.oneof(fc.uuid({ version: 7 }), fc.constant(''));
}
