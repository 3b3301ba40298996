/** What is too old goes: slices as a whole where nothing in them goes on, else what ended in them. */
import { counted } from '../counted.ts';
import type { Slices } from '../rollover.ts';
import type { Access } from './points.ts';
import type { WrittenBatches } from './state.ts';

/** Deleting what a query finds takes about a second for each 20,000 documents. */
const TIMEOUT_MS = 600_000;

/** Forgets what ended before. */
export async function forgetBefore(access: Access, written: WrittenBatches, cutoff: number): Promise<void> {
  const { elastic, places } = access;
  const old = { range: { Last: { lt: cutoff } } };
  await Promise.all([
    forgetFlows(access, written, cutoff),
    forgetIn(access, places.points, old, cutoff),
    forgetFound(elastic, `${places.sums}-*`, old),
    forgetPackets(access, cutoff),
  ]);
}

/** Flows and losses: points of flows that go on are kept for as long as their own ages say. */
export async function forgetFlows(access: Access, written: WrittenBatches, cutoff: number): Promise<void> {
  const { elastic, places } = access;
  // What is told as kept is there as a whole, so first the beginning moves.
  if (cutoff > (await written.forgotten())) await written.forget(cutoff);
  await Promise.all([
    forgetIn(access, places.flows, { range: { Last: { lt: cutoff } } }, cutoff),
    forgetFound(elastic, places.losses, { range: { to: { lt: cutoff } } }),
  ]);
}

export async function forgetPackets(access: Access, cutoff: number): Promise<void> {
  await forgetIn(access, access.places.packets, { range: { timestampMs: { lt: cutoff } } }, cutoff);
}

async function forgetIn(
  { elastic }: Pick<Access, 'elastic'>,
  slices: Slices,
  old: object,
  cutoff: number,
): Promise<void> {
  await slices.read();
  const { list } = slices;
  for (const [i, { index, start }] of list.entries()) {
    if (start >= cutoff) break;
    const next = list[i + 1];
    if (next && next.start <= cutoff && (await isAll(elastic, index, old))) {
      await elastic.request({ method: 'DELETE', path: `/${index}`, fine: [404] });
      continue;
    }
    await forgetFound(elastic, index, old);
  }
  await slices.read();
}

async function forgetFound(elastic: Access['elastic'], index: string, query: object): Promise<void> {
  await elastic.request({
    method: 'POST',
    path: `/${index}/_delete_by_query`,
    // What was told meanwhile goes on.
    query: { conflicts: 'proceed', refresh: true, ignore_unavailable: true, allow_no_indices: true },
    body: { query },
    timeoutMs: TIMEOUT_MS,
  });
}

async function isAll(elastic: Access['elastic'], index: string, old: object): Promise<boolean> {
  await elastic.request({ method: 'POST', path: `/${index}/_refresh`, query: { ignore_unavailable: true } });
  return (await counted(elastic, index, { bool: { must_not: [old] } })) === 0;
}
