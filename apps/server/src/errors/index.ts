export { carewardErrorFrom } from './careward-error-from.ts';
export { answerClientError } from './client-error.ts';
export { ProblemFilter, type ProblemReport, type ProblemReporter } from './problem.filter.ts';
export { PROBLEM_MEDIA_TYPE, type Problem, toProblem } from './problem.ts';
export { requestErrors } from './request.errors.ts';
export { answeredError, sendProblem } from './send-problem.ts';
export { statusOf } from './status.ts';
