/** How a command ends when it cannot do what was asked, and the exit codes scripts can rely on. */
export const exitCodes = {
  found: 0,
  /**
   * Nothing found (only with --fail-empty), nothing of that name, a difference (only with --exit-code), a workflow that
   * came to no result, or a trace that was cut off.
   */
  empty: 1,
  /** Wrong usage, or a mistake in the query. */
  usage: 2,
  /** The server cannot be reached, or refuses. */
  unreachable: 3,
  timeout: 4,
  /** Ctrl-C: 128 + SIGINT, as shells count. */
  interrupted: 130,
} as const;

export class Failure extends Error {
  readonly exitCode: number;
  /** What would do: printed on a line of its own. */
  readonly hint: string | undefined;

  constructor(exitCode: number, message: string, hint?: string) {
    super(message);
    this.name = 'Failure';
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

export function usageFailure(message: string, hint?: string): Failure {
  return new Failure(exitCodes.usage, message, hint);
}
