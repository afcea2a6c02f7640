import { CarewardError, errorTable, newId, Phi, Secret } from '@careward/kernel';
import { readSharedJson, sharedDataAbsent } from '@careward/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoggingService, NestLogger } from './index.ts';
import { prettyDestination } from './pretty-destination.ts';

const probe = errorTable({ 'probe-failed': { category: 'internal', publicMessage: 'The probe failed.' } });

interface Needles {
  readonly names: readonly string[];
  readonly phones?: readonly string[];
  readonly emails?: readonly string[];
  readonly addressLines?: readonly string[];
  readonly birthDate?: string;
}
const needles = readSharedJson<Needles[]>('fhir', 'NEEDLES.json');
const sentences = readSharedJson<{ full_text: string; spans: { entity_value: string }[] }[]>(
  'pii',
  'synth_dataset_v2.json',
);

describe('LoggingService', () => {
  it('writes time, level, context, message and the allowed fields as one JSON line', () => {
    const requestId = newId();
    const lines = record((log) =>
      log.info('AUTH', 'signed in', { requestId, status: 200, route: '/patients/:id' }),
    );
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      context: 'AUTH',
      requestId,
      status: 200,
      route: '/patients/:id',
      msg: 'signed in',
    });
  });

  it('drops fields that are not in the list, whatever they hold', () => {
    const text = leak((log, value) =>
      log.info('SYSTEM', 'probe', sneak({ patientName: value, body: { value }, url: value })),
    );
    expect(text).toBe('');
  });

  it('drops a listed field whose value has not the form of the field', () => {
    const text = leak((log, value) =>
      log.info('SYSTEM', 'probe', {
        requestId: value,
        code: value,
        route: `/patients/${value}`,
        component: value,
      }),
    );
    expect(text).toBe('');
  });

  it('never runs a getter and never looks into prototypes', () => {
    let ran = false;
    const trap = Object.create({ code: 'from-prototype' });
    Object.defineProperty(trap, 'action', {
      enumerable: true,
      get: () => {
        ran = true;
        return 'from-getter';
      },
    });
    const lines = record((log) => log.info('SYSTEM', 'probe', trap)).join('');
    expect(lines).not.toMatch(/from-getter|from-prototype/);
    expect(ran).toBe(false);
  });

  it('describes errors by kind, code and place, and their causes alike, without any message', () => {
    const cause = Object.assign(new TypeError('row (Buford) exists'), { code: '23505', detail: 'Buford' });
    const error = probe.error('probe-failed', { detail: 'Buford', cause });
    const line = record((log) => log.error('ERROR', 'probe', error)).join('');
    expect(line).not.toContain('Buford');
    expect(JSON.parse(line).errors).toMatchObject([
      { name: 'CarewardError', code: 'probe-failed', category: 'internal' },
      { name: 'TypeError', code: '23505' },
    ]);
    expect(JSON.parse(line).errors[0].frames.join()).toContain('logging.test.ts');
  });

  it('is not fooled by a message that imitates stack frames, a name, or an endless chain of causes', () => {
    const text = leak((log, value) => {
      const error: Error = new Error(
        `x\n    at ${value.replaceAll(' ', '')} (/srv/Buford:1:2)\n    at Buford (/a/Buford:1:1)`,
      );
      error.name = value;
      error.cause = error;
      log.error('ERROR', 'probe', error);
    });
    expect(text).toBe('');
    expect(leak((log, value) => log.error('ERROR', 'probe', value))).toBe('');
  });

  it('shows nothing of Phi and Secret, in fields and in errors', () => {
    const text = leak((log, value) => {
      log.error('ERROR', 'probe', Phi.of(value), sneak({ code: Phi.of(value), action: Secret.of(value) }));
      log.error('ERROR', 'probe', Object.assign(new Error('x'), { phi: Phi.of(value) }));
    });
    expect(text).toBe('');
  });

  it('respects the level', () => {
    const lines = record((log) => {
      log.debug('SYSTEM', 'quiet');
      log.warn('SYSTEM', 'loud');
    });
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['loud']);
  });

  it('refuses messages that were put together, at compile time', () => {
    const name: string = 'Buford';
    record((log) => {
      // @ts-expect-error a message must be a literal
      log.info('SYSTEM', `patient ${name}`);
    });
  });
});

describe('NestLogger', () => {
  it('leaves out what the framework says, and keeps which part said it', () => {
    const lines = record((log) => {
      const nest = new NestLogger(log);
      nest.warn('Mapped Buford', 'RouterExplorer');
      nest.error('Buford', 'Error: Buford\n    at x (/y:1:1)', 'ExceptionsHandler');
      nest.error(
        new CarewardError('probe-failed', { category: 'internal', publicMessage: 'Buford' }),
        'ExceptionsHandler',
      );
    }).join('');
    expect(lines).not.toContain('Buford');
    expect(lines).toContain('"component":"ExceptionsHandler"');
    expect(lines).toContain('"code":"probe-failed"');
  });
});

describe('the pretty form', () => {
  it('is one line and holds no more than the JSON', () => {
    const written: string[] = [];
    const log = new LoggingService({
      level: 'info',
      format: 'pretty',
      isDevelopment: true,
      destination: prettyDestination({ write: (text) => written.push(text) }),
    });
    log.error('DATABASE', 'statement failed', new RangeError('Buford'), { status: 500 });
    expect(written).toHaveLength(1);
    expect(written[0]).toMatch(/^[\d:.]+ ERROR DATABASE statement failed status=500 \[RangeError at .*\]\n$/);
  });
});

describe('identifying values of real records never reach a line', () => {
  it.skipIf(!needles)(`names, phones, addresses (${needles ? 'present' : sharedDataAbsent})`, () => {
    const values = (needles ?? []).flatMap((entry) => [
      ...entry.names,
      ...(entry.phones ?? []),
      ...(entry.emails ?? []),
      ...(entry.addressLines ?? []),
      ...(entry.birthDate ? [entry.birthDate] : []),
    ]);
    expect(values.length).toBeGreaterThan(50);
    expectNoTrace(values.map((value) => ({ carrier: value, values: [value] })));
  });

  it.skipIf(!sentences)(`sentences in many scripts (${sentences ? 'present' : sharedDataAbsent})`, () => {
    const cases = (sentences ?? []).slice(0, 500).map((sentence) => ({
      carrier: sentence.full_text,
      values: sentence.spans.map((span) => span.entity_value).filter((value) => value.length > 4),
    }));
    expectNoTrace(cases);
  });

  it('any text with a space or a letter outside lower-case ASCII', () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 3 })
      .filter((value) => /[^a-z0-9./:$*_-]/i.test(value));
    fc.assert(
      fc.property(text, (value) => {
        const lines = hostileLines(value);
        for (const line of lines)
          expect(stringsIn(JSON.parse(line)).some((part) => part.includes(value))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

function expectNoTrace(cases: readonly { carrier: string; values: readonly string[] }[]): void {
  for (const { carrier, values } of cases) {
    const lines = hostileLines(carrier).join('');
    for (const value of [carrier, ...values]) {
      expect(lines.includes(JSON.stringify(value).slice(1, -1)), value).toBe(false);
    }
  }
}

/** Throws a value at the logger in every way code could by mistake. */
function hostileLines(value: string): string[] {
  return record((log) => {
    const nested = new Error(value, {
      cause: probe.error('probe-failed', { detail: value, cause: { value } }),
    });
    const fields = {
      name: value,
      [value]: 1,
      code: value,
      route: `/x/${value}`,
      body: { deep: [value] },
      address: value,
    };
    log.info('SYSTEM', 'probe', sneak(fields));
    log.error(
      'ERROR',
      'probe',
      nested,
      sneak({ err: nested, phi: Phi.of(value), headers: { authorization: value } }),
    );
    log.error(
      'ERROR',
      'probe',
      Object.assign(new AggregateError([nested], value), { code: value, name: value }),
    );
    new NestLogger(log).error(value, value, value);
  });
}

/** Lines that hold the needle when `write` throws it at the logger. */
function leak(write: (log: LoggingService, value: string) => void): string {
  return record((log) => write(log, 'Buford Cottrill'))
    .filter((line) => /Buford|Cottrill/.test(line))
    .join('');
}

function record(write: (log: LoggingService) => void): string[] {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  write(new LoggingService({ level: 'info', format: 'json', isDevelopment: false, destination }));
  return lines;
}

/** Hides unknown fields from the compiler, as an object from elsewhere would. */
function sneak(fields: object): Record<string, never> {
  return fields as Record<string, never>;
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.entries(value).flat().flatMap(stringsIn) : [];
}
