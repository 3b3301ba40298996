/** Batches that both sides of the kill test can make again from their number. */
import type { FlowBatch } from '../../../src/archive/archive.ts';
import { batchOf, lossOf, packetOf } from './contract.ts';
import { flowOf, idOf, T0 } from './made.ts';

export const PER_BATCH = 120;

/** Half of its flows are those of the batch before, updated; half are new. */
export function killBatch(run: number, n: number): FlowBatch {
  const half = PER_BATCH / 2;
  const begin = T0 + run * 1_000_000;
  const flows = Array.from({ length: PER_BATCH }, (_, i) => {
    const isNew = i >= half || n === 1;
    return flowOf(flowNumber(run, n * half + i), {
      Start: begin + (isNew ? n : n - 1),
      Last: begin + n + 1,
      Application: `${n}`,
    });
  });
  const packet = { ...packetOf(1, n), uuid: idOf(flowNumber(run, n * half)) };
  return batchOf(`run${run}-${n}`, flows, { rawPackets: [packet], losses: [lossOf(1, T0 + n)] });
}

export function flowNumber(run: number, i: number): number {
  return run * 1_000_000 + i;
}
