// Reads the operator's table of places.
//
// Defends detection and the list of sessions from a table that is damaged, of another form or contradicts itself: it is taken whole or
// not at all, and every faulty line is named. Nothing of a line is repeated. Does not know whether what the table says is true.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Fault } from '@careward/kernel';
import { NO_PLACES, type PlaceLookup } from './place.ts';
import { readPlaceLine } from './place-line.ts';
import { placesErrors } from './places.errors.ts';
import { type Places, PlacesBuilder } from './places.ts';

const VARIABLE = 'CAREWARD_PLACES_FILE';
const HEADER = 'first,last,country,latitude,longitude,label';
const CHUNK_BYTES = 1_048_576;
const LONGEST_LINE = 4_096;
/** More are counted and not listed. */
const MOST_LISTED = 100;

/** Opens the table; without a file no place is known. Throws CarewardError `connections-places-refused` with every faulty line. */
export async function openPlaces(file: string | undefined): Promise<PlaceLookup> {
  return file === undefined ? NO_PLACES : await readPlaces(file);
}

async function readPlaces(file: string): Promise<Places> {
  const faults: LineFault[] = [];
  const builder = new PlacesBuilder();
  await rejectIrregular(file);
  let line = 0;
  for await (const texts of linesOf(file)) {
    for (const text of texts) {
      line += 1;
      if (text === '' || (line === 1 && text === HEADER)) continue;
      const read = readPlaceLine(text);
      if (typeof read === 'string') faults.push({ line, message: read });
      else builder.add({ ...read, line });
    }
  }
  const built = builder.build();
  if ('overlapping' in built) {
    const message = 'overlaps a range that begins before it; keep one place for each address';
    faults.push(...built.overlapping.map((line) => ({ line, message })));
  }
  if (faults.length > 0 || 'overlapping' in built) throw refused(faults);
  if (built.places.size === 0) throw refusedFile('holds no range; name the right file or unset it');
  return built.places;
}

interface LineFault {
  readonly line: number;
  readonly message: string;
}

/** The lines, many at a time: a large table has millions. */
async function* linesOf(file: string): AsyncGenerator<string[]> {
  let rest = '';
  try {
    const chunks: AsyncIterable<string> = createReadStream(file, {
      encoding: 'utf8',
      highWaterMark: CHUNK_BYTES,
    });
    for await (const chunk of chunks) {
      const lines = (rest === '' ? chunk.replace(/^\uFEFF/, '') : rest + chunk).split(/\r?\n/);
      rest = lines.pop() ?? '';
      yield lines;
      if (rest.length > LONGEST_LINE) break;
    }
  } catch (cause) {
    throw refusedFile('names a file that cannot be read to its end', cause);
  }
  if (rest.length > LONGEST_LINE)
    throw refusedFile('names a file whose lines are too long; name the right one');
  yield [rest.replace(/\r$/, '')];
}

async function rejectIrregular(file: string): Promise<void> {
  const facts = await stat(file).catch(() => undefined);
  if (facts === undefined)
    throw refusedFile('names a file that is not there or cannot be reached; correct the path');
  if (!facts.isFile()) throw refusedFile('names no regular file; name one');
}

function refusedFile(message: string, cause?: unknown): Error {
  return placesErrors.error('connections-places-refused', { faults: [{ path: VARIABLE, message }], cause });
}

function refused(lines: readonly LineFault[]): Error {
  const inOrder = lines.toSorted((one, other) => one.line - other.line);
  const faults: Fault[] = inOrder
    .slice(0, MOST_LISTED)
    .map(({ line, message }) => ({ path: `${VARIABLE}, line ${line}`, message }));
  const unlisted = lines.length - faults.length;
  if (unlisted > 0) faults.push({ path: VARIABLE, message: `has ${unlisted} more faulty lines` });
  return placesErrors.error('connections-places-refused', { faults });
}
