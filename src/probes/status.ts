/** How a probe is doing, as `skein status` and /metrics show it. Times are epoch ms. */
export interface ProbeStatus {
  readonly name: string;
  readonly state: 'starting' | 'up' | 'waiting' | 'off';
  /** Since when it is in this state. */
  readonly since: number;
  readonly runs: number;
  readonly errors: number;
  readonly lastError: string | undefined;
  /** What would do, when the last run ended because the world refused. */
  readonly needs: string | undefined;
  /** How long the newest first reading took. */
  readonly durationMs: number | undefined;
  /** When it will be tried again; only while waiting. */
  readonly nextTryMs: number | undefined;
  /** Added up over all runs. */
  readonly counters: Readonly<Record<string, number>>;
  /** What everyone should know while it lasts. */
  readonly notices: readonly string[];
  /** What a probe says quietly: nothing is missing. */
  readonly remark?: string | undefined;
}

/** All that a probe says of itself, loud or quietly. */
export function said({ notices, remark }: ProbeStatus): string {
  return [...notices, ...(remark === undefined ? [] : [remark])].join('; ');
}
