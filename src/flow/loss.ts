/** What was seen and could not be taken, with its stage and its place. No loss is silent. */

export interface Loss {
  /** TID of the node it happened at; '' when it is not one node's. */
  readonly node: string;
  readonly capture: string;
  readonly host: string;
  readonly stage: LossStage;
  /** Why, in words: 'ring buffer full'. */
  readonly reason: string;
  readonly packets: number;
  /** 0 when not known. */
  readonly bytes: number;
  /** Flows that lack packets or are missing altogether; 0 when not known. */
  readonly flows: number;
  /** Epoch ms: when it was met first and last. */
  readonly from: number;
  readonly to: number;
}

/** In the order a packet passes them. */
export const lossStages = [
  'kernel-table',
  'ring-buffer',
  'socket',
  'decoder',
  'exporter',
  'queue',
  'flow-table',
  'raw-packets',
  'relay',
  'archive',
] as const;
export type LossStage = (typeof lossStages)[number];
