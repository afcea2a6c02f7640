export { answerClientError } from './client-error.ts';
export { ProblemFilter, type ProblemReport } from './problem.filter.ts';
export { type Problem, toProblem } from './problem.ts';
export { requestErrors } from './request.errors.ts';
export { answeredError, sendProblem } from './send-problem.ts';
export { statusOf } from './status.ts';
