/** The state of a server on one screen: what it knows, what it keeps, what it runs. */
import type { ArchiveStatus, ProbeStatus, Status } from '../../contract/status.ts';
import type { Paint } from '../../std/paint.ts';
import { type Clockface, drawBytes, drawDuration, drawTime } from '../moment.ts';
import { alertLines } from './alert-status.ts';
import { fleetLines, relayLines } from './fleet-status.ts';
import { captureLines, flowLines } from './flow-status.ts';
import { cellText } from './grid.ts';
import { injectionLines } from './injection-status.ts';
import { padEnd, widthOf } from './printable.ts';
import { ruleLines } from './rule-status.ts';
import { socketLines } from './socket-status.ts';
import { drawTable } from './table.ts';
import { linesOf } from './wrap.ts';

export interface StatusDrawing {
  readonly now: number;
  readonly clock: Clockface;
  readonly paint: Paint;
  /** Of the page, where it has one. */
  readonly width?: number | undefined;
}

export function drawStatus(status: Status, drawing: StatusDrawing): string {
  const { now, clock, paint } = drawing;
  const lines = [
    line('skein', `${status.Version} on ${status.Host}, pid ${status.Pid}`),
    line('asked at', status.Listen),
    line('running', `${drawDuration(now - status.StartedAt)}, since ${drawTime(status.StartedAt, clock)}`),
    line('memory', drawBytes(status.RssBytes)),
    line('graph', `${status.Graph.Nodes} nodes, ${status.Graph.Edges} edges, revision ${status.Graph.Revision}`),
    ...relayLines(status.Relay, drawing).map(([title, text]) => line(title, text)),
    ...fleetLines(status.Fleet, paint).map(([title, text]) => line(title, text)),
    // An agent keeps none: its home does.
    ...(status.Relay ? [] : archiveLines(status.Archive, drawing)),
    ...captureLines(status.Captures, paint).map(([title, text]) => line(title, text)),
    ...flowLines(status.Flows, { ...drawing, isToldOn: status.Relay !== undefined }).map(([title, text]) =>
      line(title, text),
    ),
    ...socketLines(status.Sockets, paint).map(([title, text]) => line(title, text)),
    ...ruleLines(status.Rules, paint).map(([title, text]) => line(title, text)),
    ...injectionLines(status.Injections, paint).map(([title, text]) => line(title, text)),
    ...alertLines(status.Alerts, paint).map(([title, text]) => line(title, text)),
    ...clientLines(status),
    ...status.Notes.map((note) => line('note', paint.changed(cellText(note)))),
  ];
  return `${lines.join('')}\n${drawProbes(status.Probes, drawing)}`;
}

function line(title: string, text: string): string {
  return `${padEnd(title, 10)} ${text}\n`;
}

function archiveLines(archive: ArchiveStatus | null, { now, clock, paint }: StatusDrawing): string[] {
  if (!archive) return [line('history', 'none is kept')];
  // In memory there is no limit but the end of the process.
  const isBounded = archive.SizeBytesMax > 0;
  const size = `${drawBytes(archive.SizeBytes)} of at most ${drawBytes(archive.SizeBytesMax)}`;
  const limits = isBounded ? `${size}, at most ${drawDuration(archive.AgeMsMax)} old` : 'until the process ends';
  const state = archive.State === 'ok' ? '' : `, ${paint.removed(archive.State)}`;
  const reach = archive.Range
    ? `from ${drawTime(archive.Range.from, clock)} (${drawDuration(now - archive.Range.from)} ago)`
    : 'nothing yet';
  const lines = [
    line('history', `${cellText(archive.Place)} (${cellText(archive.Kind)}${state})`),
    line('', limits),
    line('', `${reach}; ${archive.Versions} versions, ${archive.Samples} samples`),
  ];
  if (archive.Queued) lines.push(line('', `${archive.Queued} changes wait to be written`));
  if (archive.Lost) lines.push(line('', paint.removed(`${archive.Lost} changes could not be kept`)));
  return [...lines, ...archive.Notes.map((note) => line('', paint.changed(cellText(note))))];
}

function clientLines({ Publishers, Subscribers }: Status): string[] {
  const counts: [string, number][] = [
    ['publishers', Object.keys(Publishers).length],
    ['subscribers', Object.keys(Subscribers).length],
  ];
  const shown = counts.filter(([, count]) => count > 0).map(([name, count]) => `${count} ${name}`);
  return shown.length > 0 ? [line('clients', shown.join(', '))] : [];
}

function drawProbes(probes: Readonly<Record<string, ProbeStatus>>, { now, paint, width }: StatusDrawing): string {
  const rows = Object.entries(probes).map(([name, probe]) => [
    name,
    probe.Status,
    probe.Errors ?? 0,
    remarkOf(probe, now),
  ]);
  if (rows.length === 0) return 'no probes run\n';
  const taken = Math.max(...rows.map(([name]) => widthOf(String(name)))) + REMARK_BEHIND;
  const room = width === undefined ? Number.POSITIVE_INFINITY : Math.max(REMARK_MIN, width - taken);
  const wrapped = rows.flatMap(([name, state, errors, remark]) => {
    const [first = '', ...more] = linesOf(cellText(remark), room);
    return [[name, state, errors, first], ...more.map((text) => ['', '', undefined, text])];
  });
  const table = drawTable(
    { columns: [{ title: 'PROBE' }, { title: 'STATE' }, { title: 'ERRORS' }, { title: 'REMARK' }], rows: wrapped },
    { hasHeaders: true, width: undefined },
  );
  const [titles = '', ...rest] = table.split('\n');
  return [paint.strong(titles), ...rest].join('\n');
}

/** `starting`, `ERRORS` and the gaps between columns. */
const REMARK_BEHIND = 8 + 6 + 3 * 2;
const REMARK_MIN = 30;

/** What someone could do about it comes first. */
function remarkOf({ Needs, LastError, Notice, RetryAt, Up }: ProbeStatus, now: number): string {
  const retry = !Up && RetryAt !== undefined && RetryAt > now ? `, trying again in ${drawDuration(RetryAt - now)}` : '';
  const error = Up ? undefined : LastError;
  const wants = Needs === undefined || error?.includes(Needs) ? error : `needs ${Needs}`;
  return [wants && `${wants}${retry}`, Notice].filter(Boolean).join('; ');
}
