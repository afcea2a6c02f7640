import type { RequestState } from '../request-context/index.ts';
import type { LogFields } from './log-fields.ts';

/** Who and where of a request, for every line that is written on its behalf. */
export function requestFields(state: RequestState): LogFields {
  return {
    requestId: state.origin.requestId,
    address: state.origin.address,
    accountId: state.principal?.accountId ?? null,
    sessionId: state.principal?.sessionId ?? null,
    clinicId: state.clinicId,
    purpose: state.purpose,
  };
}
