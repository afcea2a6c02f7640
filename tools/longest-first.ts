import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Suites of half a minute and more. Begun late, they are waited for while the other worker has nothing left to do. */
const LONGEST = [
  'tests/chaos/kill.test.ts',
  'tests/e2e/cross-clinic.test.ts',
  'tests/e2e/demo.test.ts',
  'tests/e2e/serve.test.ts',
  'tests/e2e/role-matrix.test.ts',
  'tests/e2e/import.test.ts',
  'tests/e2e/import-interrupted.test.ts',
  'tests/abuse/request-after-revocation.test.ts',
];

/** The order of vitest, with the longest suites of those that share their modules, and of those that do not, before the others. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => sharing(a) - sharing(b) || this.#rank(a) - this.#rank(b));
  }

  #rank({ moduleId }: TestSpecification): number {
    const place = LONGEST.indexOf(relative(this.ctx.config.root, moduleId));
    return place < 0 ? LONGEST.length : place;
  }
}

function sharing({ project }: TestSpecification): number {
  return project.config.isolate ? 0 : 1;
}
