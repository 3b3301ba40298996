/** The two sides of a fleet on the screen of `skein status`: what an agent tells to whom, and which agents an analyzer has. */
import type { FleetStatus, RelayStatus } from '../../contract/status.ts';
import type { Paint } from '../../std/paint.ts';
import { drawBytes, drawDuration } from '../moment.ts';
import { cellText } from './grid.ts';

type Line = readonly [title: string, text: string];

/** What can be said without a word too much; all of it: `skein get agents`. */
const NOTES_SHOWN = 10;
/** Clocks that are further apart make wrong history. */
export const OFFSET_MAX_MS = 1_000;

export function relayLines(relay: RelayStatus | undefined, { now, paint }: { now: number; paint: Paint }): Line[] {
  if (!relay) return [];
  const { Home, Since, Analyzers, Spool, Sent, Notes } = relay;
  const since = drawDuration(Math.max(0, now - Since));
  const waiting = Math.max(0, Spool.Next - Spool.First);
  const others = Analyzers.filter(({ Name }) => Name !== Home);
  return [
    [
      'home',
      Home === null
        ? paint.removed(`none for ${since}: what is told waits in the spool`)
        : `${cellText(Home)} for ${since}${offsetText(Analyzers.find(({ Name }) => Name === Home)?.ClockOffsetMs)}`,
    ],
    ...others.map(({ Name, Role, State, ClockOffsetMs, LastEnd }): Line => {
      const why = State !== 'connected' && LastEnd !== undefined ? `: ${cellText(LastEnd)}` : '';
      const text = `${cellText(Name)} ${State}${Role === 'mirror' ? ' as mirror' : ''}${offsetText(ClockOffsetMs)}${why}`;
      return ['', State === 'connected' ? text : paint.changed(text)];
    }),
    [
      'spool',
      `${drawBytes(Spool.Bytes)} of at most ${drawBytes(Spool.BytesMax)}; ${counted(waiting, 'batch')} not kept yet`,
    ],
    ['', `sent ${counted(Sent.Batches, 'batch')}, ${drawBytes(Sent.Bytes)}, ${Sent.Resent} of them again`],
    ...(Spool.Fault === undefined
      ? []
      : [['', paint.removed(`nothing can be written: ${cellText(Spool.Fault)}`)] as const]),
    ...(Spool.Damaged > 0
      ? [['', paint.removed(`${counted(Spool.Damaged, 'batch')} could not be read back`)] as const]
      : []),
    ...lostLines(Spool.Lost, paint),
    // What analyzers and home say is above.
    ...(Home === null ? [] : Notes.filter((note) => !others.some(({ Name }) => note.startsWith(`${Name}: `)))).map(
      (note): Line => ['', paint.changed(cellText(note))],
    ),
  ];
}

export function fleetLines(fleet: FleetStatus | undefined, paint: Paint): Line[] {
  if (!fleet) return [];
  const { Connected, Away, Gone, HeldBytes, HeldBytesMax, Held, Refusals, Agents, Notes } = fleet;
  if (Agents.length === 0 && Object.keys(Refusals).length === 0)
    return [['agents', 'none yet: skein agent --analyzer URL']];
  const away = Away > 0 ? paint.changed(`, ${Away} away`) : '';
  const gone = Gone > 0 ? paint.removed(`, ${Gone} gone`) : '';
  const refused = Object.entries(Refusals).map(([reason, count]) => `${reason} ${count}`);
  const mirrored = Agents.filter(({ State, Role }) => State === 'connected' && Role === 'mirror').length;
  const lag = Math.max(0, ...Agents.flatMap(({ State, LagMs }) => (State === 'connected' ? [LagMs ?? 0] : [])));
  const slowed = Held > 0 ? `; slowed down ${counted(Held, 'time')}` : '';
  const lines: Line[] = [
    [
      'agents',
      `${Connected} connected${away}${gone}${mirrored > 0 ? `; ${mirrored} of them kept by another analyzer` : ''}`,
    ],
  ];
  if (Connected > 0) lines.push(['', `the last word of them is at most ${drawDuration(lag)} old`]);
  if (HeldBytes > 0 || Held > 0)
    lines.push(['', `${drawBytes(HeldBytes)} of at most ${drawBytes(HeldBytesMax)} wait for the archive${slowed}`]);
  if (refused.length > 0) lines.push(['', paint.changed(`refused: ${refused.join(', ')}`)]);
  const more = Notes.length > NOTES_SHOWN ? [`and ${Notes.length - NOTES_SHOWN} more: skein get agents -o wide`] : [];
  return [
    ...lines,
    ...[...Notes.slice(0, NOTES_SHOWN), ...more].map((note): Line => ['', paint.changed(cellText(note))]),
  ];
}

/** What a clock is off, as far as it matters. */
export function offsetText(offsetMs: number | undefined): string {
  if (offsetMs === undefined || Math.abs(offsetMs) <= OFFSET_MAX_MS) return '';
  return `, its clock ${(Math.abs(offsetMs) / 1000).toFixed(1)} s ${offsetMs > 0 ? 'ahead' : 'behind'}`;
}

export function lostText(lost: Readonly<Record<string, number>>): string {
  return Object.entries(lost)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
}

function lostLines(lost: Readonly<Record<string, number>>, paint: Paint): Line[] {
  const text = lostText(lost);
  return text === '' ? [] : [['', paint.removed(`${text} lost for lack of room`)]];
}

function counted(count: number, what: string): string {
  if (count === 1) return `1 ${what}`;
  return `${count} ${what}${what.endsWith('ch') ? 'es' : 's'}`;
}
