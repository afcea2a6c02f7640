import type { DestinationStream } from 'pino';

/** Turns each JSON line into one readable line: time, level, context, message, then the fields as `name=value`. */
export function prettyDestination(output: { write(text: string): unknown }): DestinationStream {
  return {
    write(line) {
      output.write(`${prettyLine(line)}\n`);
    },
  };
}

function prettyLine(line: string): string {
  const { time, level, context, msg, errors, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`);
  const head = `${String(time).slice(11, 23)} ${String(level).toUpperCase().padEnd(5)} ${String(context).padEnd(8)} ${String(msg)}`;
  return [head, ...rest, ...prettyErrors(errors)].join(' ');
}

function prettyErrors(errors: unknown): string[] {
  if (!Array.isArray(errors)) return [];
  return errors.map(({ name, code, frames }: { name: string; code?: string; frames?: string[] }) => {
    const place = frames?.[0] === undefined ? '' : ` ${frames[0]}`;
    return `[${name}${code === undefined ? '' : ` ${code}`}${place}]`;
  });
}
