/** What the process of a measured server says when it listens. */
export interface Listening {
  readonly kind: 'listening';
  readonly url: string;
  readonly authorityFile?: string | undefined;
  readonly setupCode?: string | undefined;
}

/** The processor time that the process has used so far, in microseconds. */
export interface Used {
  readonly kind: 'used';
  readonly micros: number;
}

/** `used`: tell the processor time. `settle`: finish what answers have left behind, then tell it. */
export type Question = 'used' | 'settle';
