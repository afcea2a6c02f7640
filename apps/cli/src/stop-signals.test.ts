import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { StopSignals } from './stop-signals.ts';

const leave = vi.fn<() => void>();
let signals: StopSignals | undefined;

afterEach(() => {
  signals?.release();
  leave.mockClear();
});

test('the first signal is the wish to stop; one Ctrl-C that arrives twice is one wish', async () => {
  signals = new StopSignals(leave);
  process.emit('SIGINT');
  process.emit('SIGINT');
  await signals.first;
  expect(leave).not.toHaveBeenCalled();
});

test('a later signal leaves at once, whichever it is', async () => {
  signals = new StopSignals(leave);
  process.emit('SIGTERM');
  await delay(350);
  process.emit('SIGINT');
  expect(leave).toHaveBeenCalledOnce();
});

test('after release the signals are the system’s again', () => {
  const before = process.listenerCount('SIGTERM');
  signals = new StopSignals(leave);
  signals.release();
  expect(process.listenerCount('SIGTERM')).toBe(before);
});
