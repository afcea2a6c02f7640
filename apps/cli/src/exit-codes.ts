/** What the command line tells the shell. Documented in `--help`. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  importRefusals: 3,
  ledgerNotVerified: 4,
  tokenNotValid: 5,
  /** Stopped by a second signal (128 + SIGINT). */
  interrupted: 130,
} as const;

/** The part of `--help` about {@link EXIT}. */
export const EXIT_CODES_HELP = `
Exit codes:
  0    done
  1    it failed; the error says why and what to do
  2    the command was not understood, or something it needs was not given
  3    import: done, but something was refused; the report names it
  4    ledger verify: the log or the proof does not hold
  5    token inspect: a check does not pass
  130  stopped by a second signal before everything was in order
`;
