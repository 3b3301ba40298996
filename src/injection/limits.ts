/** Bounds of injections, beside their defaults. */
export interface InjectionLimits {
  /** That run, or wait for their time, at once. */
  readonly running: number;
  /** Packets of one. */
  readonly count: number;
  /** Bytes; also of what a payload grows to. */
  readonly payloadBytes: number;
  /** Bytes of a trace. */
  readonly pcapBytes: number;
  /** That are over and still shown; the oldest go first. */
  readonly kept: number;
  readonly keptMs: number;
}

export const defaultInjectionLimits: InjectionLimits = {
  running: 128,
  count: 1_000_000,
  payloadBytes: 60_000,
  pcapBytes: 4 << 20,
  kept: 256,
  keptMs: 3_600_000,
};

/** ms between packets, and until it begins: a day. */
export const INTERVAL_MS_MAX = 86_400_000;
/** ms that answers are waited for. */
export const WAIT_MS_MAX = 60_000;
export const WAIT_MS = 1_000;
/** TrackingIDs that are told of one injection. */
export const TRACKING_IDS_MAX = 1_024;
