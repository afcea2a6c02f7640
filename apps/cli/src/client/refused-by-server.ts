import type { Problem } from '@careward/api-schema';

/** The server said no, in the form of RFC 9457. */
export class RefusedByServer extends Error {
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super(problem.title);
    this.name = 'RefusedByServer';
    this.status = status;
    this.problem = problem;
  }
}
