import { expect, it } from 'vitest';
import { assertNode26 } from './index.ts';

it('runs on Node 26 and later, and says what to do on anything older', () => {
  expect(() => assertNode26()).not.toThrow();
  expect(() => assertNode26('27.0.0')).not.toThrow();
  for (const old of ['20.20.0', '25.9.1', 'nonsense']) {
    expect(() => assertNode26(old)).toThrow(
      expect.objectContaining({
        code: 'configuration-runtime-unsupported',
        faults: [expect.objectContaining({ message: expect.stringContaining('npm ci') })],
      }),
    );
  }
});
