import { describe, expect, it } from 'vitest';
import { EmbeddedLimitStore } from '../connections/index.ts';
import { RateLimitService } from './index.ts';

describe('RateLimitService', () => {
  it('tells of each decision', async () => {
    const decisions: boolean[] = [];
    const store = new EmbeddedLimitStore({ now: () => 0 });
    const once = { intervalMs: 1_000, burst: 2 };
    const service = new RateLimitService(
      store,
      {
        address: once,
        account: once,
        clinic: once,
        authentication: once,
        'mail-cause': once,
        'mail-recipient': once,
      },
      (_name, { allowed }) => {
        decisions.push(allowed);
      },
    );
    for (let i = 0; i < 3; i += 1) await service.take('address', 'client');
    expect(decisions).toEqual([true, true, false]);
  });
});
