/** A trail as a table with what follows from it, and as a picture for tickets. */
import type { Followed } from '../followed.ts';
import { type Clockface, drawTime } from '../moment.ts';
import type { Hop } from '../trail.ts';
import { kindOf } from './flow-lines.ts';
import { drawNanoseconds } from './flows.ts';
import { cellText, type Grid } from './grid.ts';
import { mermaidText } from './mermaid.ts';
import type { Drawing } from './reply.ts';
import { drawTable } from './table.ts';

const orders = {
  path: 'in the order in which the graph connects the places',
  time: 'in the order in which they saw the first packet: the graph does not connect them',
  both: 'in the order of the graph, and of first packets where it does not connect them',
} as const;

export function drawTrail({ trackingId, a, b, flow, trail }: Followed, drawing: Drawing): string {
  const { paint } = drawing;
  const title = `${a} → ${b}  ${kindOf(flow)}  ${trackingId}  ${flow.CommunityID ?? ''}`.trimEnd();
  const table = drawTable(trailGrid(trail.hops, drawing.clock), drawing);
  const notes = trail.notes.map((note, at) => {
    const text = cellText(note);
    return at < trail.falls.length ? paint.removed(text) : text;
  });
  const order = trail.hops.length > 1 ? [paint.dim(orders[trail.orderedBy])] : [];
  return `${paint.strong(cellText(title))}\n${table}\n${[...notes, ...order].map((line) => `${line}\n`).join('')}`;
}

export function trailGrid(hops: readonly Hop[], clock: Clockface): Grid {
  return {
    columns: [
      { title: 'HOP' },
      { title: 'NODE' },
      { title: 'HOST' },
      { title: 'PACKETS A→B' },
      { title: 'BYTES A→B' },
      { title: 'PACKETS B→A' },
      { title: 'BYTES B→A' },
      { title: 'FIRST' },
      { title: 'DELAY', isOptional: true },
      { title: 'ROUND TRIP', isOptional: true },
      { title: 'DROPPED', isOptional: true },
    ],
    rows: hops.map((hop, at) => [
      at + 1,
      hop.name,
      hop.host,
      hop.ab.packets,
      hop.ab.bytes,
      hop.ba.packets,
      hop.ba.bytes,
      hop.isSilent ? 'saw nothing' : drawTime(hop.firstMs, clock),
      hop.delayMs === undefined ? undefined : drawDelay(hop.delayMs),
      hop.roundTripNs === undefined ? undefined : drawNanoseconds(hop.roundTripNs),
      Object.entries(hop.drops).map(([reason, packets]) => `${packets} ${reason}`),
    ]),
  };
}

/** Times of flows are whole milliseconds; round trips are finer. */
function drawDelay(ms: number): string {
  return ms === 0 ? '< 1 ms' : `${ms} ms`;
}

export function trailMermaid({ a, b, flow, trail }: Followed): string {
  const lines = [`a(["${mermaidText(`A ${a}`)}"])`, `b(["${mermaidText(`B ${b}`)}"])`];
  for (const [at, hop] of trail.hops.entries()) {
    const said = hop.isSilent ? 'saw nothing' : `${hop.ab.packets} to B, ${hop.ba.packets} to A`;
    lines.push(`h${at + 1}["${mermaidText(hop.name)}<br/>${mermaidText(said)}"]`);
  }
  for (const [at, hop] of trail.hops.entries()) {
    const before = trail.hops[at - 1];
    const fallen = trail.falls.filter(
      ({ from, to }) => [from, to].includes(hop.name) && [from, to].includes(before?.name ?? ''),
    );
    const label = fallen
      .map(({ direction, packets, of, isAnswered }) =>
        isAnswered ? 'NAT, or another way' : `${packets} of ${of} ${direction} missing`,
      )
      .join(', ');
    const from = before ? `h${at}` : 'a';
    lines.push(label === '' ? `${from} --- h${at + 1}` : `${from} -. "${mermaidText(label)}" .- h${at + 1}`);
  }
  lines.push(`h${trail.hops.length} --- b`);
  return `flowchart LR\n${lines.map((line) => `  ${line}\n`).join('')}  %% ${mermaidText(kindOf(flow))}\n`;
}
