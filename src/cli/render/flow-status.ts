/** Captures, their mechanisms, the table of flows and what was lost, on the screen of `skein status`. */
import type { CaptureStatus, FlowStatus, LossStatus } from '../../contract/status.ts';
import type { Paint } from '../../std/paint.ts';
import { type Clockface, drawBytes, drawTime } from '../moment.ts';
import { cellText } from './grid.ts';
import { drawLoss } from './loss.ts';

/** What can be said about captures without a word too much. */
const NOTES_SHOWN = 5;

type Line = readonly [title: string, text: string];

export function captureLines(captures: CaptureStatus, paint: Paint): Line[] {
  const { All, Active = 0, Failed = 0, Mechanisms = [], Notes = [] } = captures;
  if (All === undefined) return [];
  if (All === 0) return [['captures', 'none: skein capture start']];
  const failed = Failed > 0 ? paint.removed(`, failing on ${Failed}`) : '';
  const running = Mechanisms.filter(({ Nodes }) => Nodes > 0).map(({ Type, Nodes }) => `${Type} on ${Nodes}`);
  const refused = Mechanisms.flatMap(({ Type, Why = [] }) => Why.map((why) => `not ${Type}: ${why}`));
  const said = [...refused, ...Notes.filter((note) => !refused.some((why) => note.includes(why.slice(5))))];
  const more = said.length > NOTES_SHOWN ? [`and ${said.length - NOTES_SHOWN} more: skein capture list -o wide`] : [];
  return [
    ['captures', `${All}, active on ${Active} ${Active === 1 ? 'node' : 'nodes'}${failed}`],
    ...(running.length > 0 ? [['', `with ${running.join(', ')}`] as const] : []),
    ...[...said.slice(0, NOTES_SHOWN), ...more].map((note) => ['', paint.changed(cellText(note))] as const),
  ];
}

export function flowLines(
  flows: FlowStatus | undefined,
  { clock, paint, isToldOn }: { readonly clock: Clockface; readonly paint: Paint; readonly isToldOn: boolean },
): Line[] {
  if (!flows) return [];
  const { Live, LiveMax, Packets, Dropped, Archive, Losses } = flows;
  const dropped = Dropped > 0 ? paint.removed(`, ${Dropped} dropped`) : '';
  const losses = drawLoss(Losses.map(lossOf)).map((line) => ['', paint.removed(line)] as const);
  return [
    ['flows', `${Live} of at most ${LiveMax} live; ${Packets} packets seen${dropped}`],
    ...(Archive
      ? archiveLines(Archive, clock, paint)
      : [['', isToldOn ? 'told to the home, which keeps them' : 'not kept'] as const]),
    ...losses,
  ];
}

function archiveLines(archive: NonNullable<FlowStatus['Archive']>, clock: Clockface, paint: Paint): Line[] {
  const { Flows, RawPackets, SizeBytes, Range, Queued, Lost, Notes } = archive;
  const reach = Range ? `, from ${drawTime(Range.from, clock)} on` : '';
  const packets = RawPackets > 0 ? ` and ${RawPackets} packets` : '';
  return [
    ['', `${Flows} kept${packets}, ${drawBytes(SizeBytes)}${reach}`],
    ...(Queued > 0 ? [['', `${Queued} wait to be written`] as const] : []),
    ...(Lost > 0 ? [['', paint.removed(`${Lost} could not be kept`)] as const] : []),
    ...Notes.map((note) => ['', paint.changed(cellText(note))] as const),
  ];
}

function lossOf({ Host, Node, Capture, Stage, Reason, Packets, Bytes, Flows, From, To }: LossStatus) {
  return {
    host: Host,
    node: Node,
    capture: Capture,
    stage: Stage,
    reason: Reason,
    packets: Packets,
    bytes: Bytes,
    flows: Flows,
    from: From,
    to: To,
  };
}
