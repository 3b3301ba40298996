/** Flows of a page as they stood at each of their updates, without what the archive has of them; and losses. */
import type { Flow } from '../../flow/flow.ts';
import type { Loss } from '../../flow/loss.ts';
import type { FlowArchive, FlowBatch } from '../archive.ts';
import type { Dumped, DumpedFlow } from '../dump.ts';
import { lossKey } from '../losses.ts';
import type { PageName } from './import.ts';

interface Made {
  readonly batch: FlowBatch | undefined;
  readonly known: number;
}

export async function flowsBatch(archive: FlowArchive, items: readonly Dumped[], name: PageName): Promise<Made> {
  const dumped = items.filter((item) => item.kind === 'flow');
  if (dumped.length === 0) return { batch: undefined, known: 0 };
  const uuids = dumped.map(({ flow }) => flow.UUID);
  const newest = await archive.metrics(uuids);
  const kept = await archive.rawPackets(
    dumped.filter(({ packets }) => packets.length > 0).map(({ flow }) => flow.UUID),
  );
  const flows: Flow[] = [];
  const rawPackets: FlowBatch['rawPackets'][number][] = [];
  let known = 0;
  for (const item of dumped) {
    const updates = updatesOf(item, newest.get(item.flow.UUID)?.at(-1)?.Last);
    const places = new Set(kept.get(item.flow.UUID)?.map(({ index }) => index));
    const packets = item.packets.filter(({ index }) => !places.has(index));
    if (updates.length + packets.length === 0) known++;
    flows.push(...updates);
    rawPackets.push(...packets.map((packet) => ({ uuid: item.flow.UUID, packet })));
  }
  const id = `import.${name.id}-${name.page}`;
  return { batch: flows.length + rawPackets.length > 0 ? { id, flows, rawPackets, losses: [] } : undefined, known };
}

/**
 * Points come in order, so those behind the newest that is there are missing. They may have grown coarse here or there:
 * their times could not be compared one by one.
 */
function updatesOf({ flow, points }: DumpedFlow, newest: number | undefined): Flow[] {
  const { LastUpdateMetric: _, ...bare } = flow;
  if (points.length === 0) return newest === undefined ? [bare] : [];
  return points
    .filter(({ Last }) => newest === undefined || Last > newest)
    .map((point) => ({ ...flow, LastUpdateMetric: point }));
}

export async function lossesBatch(archive: FlowArchive, items: readonly Dumped[], name: PageName): Promise<Made> {
  const losses = items.flatMap((item) => (item.kind === 'loss' ? [item.loss] : []));
  const missing: Loss[] = [];
  for (const loss of losses) if (!(await isThere(archive, loss))) missing.push(loss);
  const id = `import.${name.id}.losses-${name.page}`;
  const batch = missing.length > 0 ? { id, flows: [], rawPackets: [], losses: missing } : undefined;
  return { batch, known: losses.length - missing.length };
}

/** Losses have no names. Of one place, stage and reason there is as much in its time as it says, or it is missing. */
async function isThere(archive: FlowArchive, loss: Loss): Promise<boolean> {
  const there = await archive.loss({ from: loss.from, to: loss.to });
  return there.some(
    (other) =>
      lossKey(other) === lossKey(loss) &&
      other.from <= loss.from &&
      other.to >= loss.to &&
      other.packets >= loss.packets &&
      other.flows >= loss.flows,
  );
}
