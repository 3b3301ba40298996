/** A trail as a table with what follows from it, and as a picture for tickets. */
import type { Followed, FollowedWay } from '../followed.ts';
import { type Clockface, drawTime } from '../moment.ts';
import type { Hop } from '../trail.ts';
import type { Translated } from '../translated-way.ts';
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

/** Part by part, and between them how it was translated. */
export function drawTrail({ parts, translations }: FollowedWay, drawing: Drawing): string {
  const { paint } = drawing;
  return parts
    .flatMap((part, at) => {
      const before = translations[at - 1];
      return [...(before ? [`\n${paint.changed(cellText(translatedText(before)))}\n\n`] : []), drawPart(part, drawing)];
    })
    .join('');
}

/** `translated in netns router (SNAT): 10.0.0.2:40000 → 192.0.2.1:40000`. */
function translatedText({ type, where, changes }: Translated): string {
  return `translated in ${where} (${type}): ${changes.map(({ from, to }) => `${from} → ${to}`).join(', ')}`;
}

function drawPart({ trackingId, a, b, flow, trail }: Followed, drawing: Drawing): string {
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

function trailGrid(hops: readonly Hop[], clock: Clockface): Grid {
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

export function trailMermaid({ parts, translations }: FollowedWay): string {
  const [first, last] = [parts[0] as Followed, parts.at(-1) as Followed];
  const lines = [`a(["${mermaidText(`A ${first.a}`)}"])`, `b(["${mermaidText(`B ${last.b}`)}"])`];
  for (const [part, { trail }] of parts.entries())
    for (const [at, hop] of trail.hops.entries()) {
      const said = hop.isSilent ? 'saw nothing' : `${hop.ab.packets} to B, ${hop.ba.packets} to A`;
      lines.push(`${hopName(parts, part, at)}["${mermaidText(hop.name)}<br/>${mermaidText(said)}"]`);
    }
  let from = 'a';
  for (const [part, followed] of parts.entries()) {
    const before = translations[part - 1];
    let label = before ? translatedText(before) : '';
    for (const [at, hop] of followed.trail.hops.entries()) {
      if (at > 0) label = fallenText(followed, followed.trail.hops[at - 1]?.name ?? '', hop.name);
      const to = hopName(parts, part, at);
      if (label === '') lines.push(`${from} --- ${to}`);
      else if (at === 0) lines.push(`${from} -- "${mermaidText(label)}" --- ${to}`);
      else lines.push(`${from} -. "${mermaidText(label)}" .- ${to}`);
      from = to;
    }
  }
  lines.push(`${from} --- b`);
  return `flowchart LR\n${lines.map((line) => `  ${line}\n`).join('')}  %% ${mermaidText(kindOf(first.flow))}\n`;
}

/** Hops are counted over all parts. */
function hopName(parts: readonly Followed[], part: number, at: number): string {
  const before = parts.slice(0, part).reduce((sum, { trail }) => sum + trail.hops.length, 0);
  return `h${before + at + 1}`;
}

function fallenText({ trail }: Followed, before: string, name: string): string {
  return trail.falls
    .filter(({ from, to }) => [from, to].includes(name) && [from, to].includes(before))
    .map(({ direction, packets, of, isAnswered }) =>
      isAnswered ? 'NAT, or another way' : `${packets} of ${of} ${direction} missing`,
    )
    .join(', ');
}
