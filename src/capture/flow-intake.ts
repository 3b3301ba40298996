/** Where captures put what they saw: the flow table, as far as they touch it. */
import type { LossStage } from '../flow/loss.ts';
import type { CapturePlace } from '../flow/place.ts';

export interface FlowIntake {
  /** Gives the number that its observations carry. */
  open(place: CapturePlace): number;
  /** Nothing more comes from there. */
  close(source: number): Promise<void>;
  observe(source: number, observations: Uint8Array): void;
  raw(source: number, packets: Uint8Array): void;
  lost(source: number, stage: LossStage, reason: string, packets: number, bytes: number): void;
}
