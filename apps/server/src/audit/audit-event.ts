/** How an action ended. */
export type AuditOutcome = 'success' | 'refused' | 'not-found' | 'failed';

/** What happened; who, when, why and from where come from the context. */
export interface AuditEvent {
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId?: string | null;
  readonly outcome: AuditOutcome;
  /** A stable code, never free text. */
  readonly reason?: string | null;
}
