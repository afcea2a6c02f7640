import { cliErrors } from '../cli.errors.ts';

/** A step did not show what it has to: the demonstration stops rather than tell something untrue. */
export function stepFailed(step: string, expected: string, happened: string) {
  return cliErrors.error('cli-demo-step-failed', {
    detail: `${step}: expected ${expected}, but ${happened}`,
  });
}

/** Refuses to go on unless the condition holds. */
export function expectShown(
  condition: boolean,
  step: string,
  expected: string,
  happened: string,
): asserts condition {
  if (!condition) throw stepFailed(step, expected, happened);
}
