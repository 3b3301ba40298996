/** What is kept of the past, of each kind of thing: where, how much, since when, what waits, what was lost. */
import type { ArchiveStatus, FlowStatus, SocketStatus } from '../../contract/status.ts';
import { type Clockface, drawBytes, drawDuration, drawTime } from '../moment.ts';
import { cellText } from './grid.ts';
import { padEnd } from './printable.ts';

export interface Archives {
  readonly Graph: ArchiveStatus | null;
  readonly Flows: FlowStatus['Archive'] | null;
  readonly Sockets: SocketStatus['Archive'] | null;
}

interface Drawing {
  readonly now: number;
  readonly clock: Clockface;
}

/** What all of them say. */
interface Kept {
  readonly SizeBytes: number;
  readonly Range: { readonly from: number; readonly to: number } | null;
  readonly Notes: readonly string[];
  readonly Queued?: number | undefined;
  readonly OldestQueuedMs?: number | undefined;
  readonly Written?: number | undefined;
  readonly Failures?: number | undefined;
  readonly Lost?: number | undefined;
}

export function drawArchives({ Graph, Flows, Sockets }: Archives, drawing: Drawing): string {
  if (!Graph) return 'no history is kept\n';
  const limits = Graph.SizeBytesMax > 0 ? ` of at most ${drawBytes(Graph.SizeBytesMax)}` : '';
  const lines = [
    line('archive', `${cellText(Graph.Place)} (${cellText(Graph.Kind)}, ${Graph.State})`),
    ...part('graph', `${Graph.Versions} versions, ${Graph.Samples} samples, ${drawBytes(Graph.SizeBytes)}${limits}`, {
      kept: Graph,
      drawing,
    }),
  ];
  if (Graph.AgeMsMax > 0) lines.push(line('', `at most ${drawDuration(Graph.AgeMsMax)} old`));
  if (Flows) {
    const what = `${Flows.Flows} flows, ${Flows.Points} points, ${Flows.RawPackets} packets, ${drawBytes(Flows.SizeBytes)}`;
    lines.push(...part('flows', what, { kept: Flows, drawing }));
    const ages = Object.entries(Flows.AgesMs).map(([name, ms]) => `${name} ${drawDuration(ms)}`);
    if (ages.length > 0) lines.push(line('', `at most old: ${ages.join(', ')}`));
  }
  if (Sockets)
    lines.push(
      ...part('sockets', `${Sockets.Sockets} sockets, ${drawBytes(Sockets.SizeBytes)}`, { kept: Sockets, drawing }),
    );
  return lines.join('');
}

function part(name: string, what: string, { kept, drawing }: { kept: Kept; drawing: Drawing }): string[] {
  const { now, clock } = drawing;
  const { Range, Queued = 0, OldestQueuedMs = 0, Written, Failures = 0, Lost = 0 } = kept;
  const reach = Range
    ? `from ${drawTime(Range.from, clock)} (${drawDuration(now - Range.from)} ago) to ${drawTime(Range.to, clock)}`
    : 'nothing yet';
  const lag = OldestQueuedMs > 0 ? `, the oldest for ${drawDuration(OldestQueuedMs)}` : '';
  const written = Written === undefined ? '' : `${Written} written, `;
  return [
    line(name, what),
    line('', reach),
    line('', `${written}${Queued} waiting${lag}, ${Failures} failures, ${Lost} lost`),
    ...kept.Notes.map((note) => line('', cellText(note))),
  ];
}

function line(title: string, text: string): string {
  return `${padEnd(title, 8)} ${text}\n`;
}
