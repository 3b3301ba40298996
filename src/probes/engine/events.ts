/** What an engine says when something happens: JSON, one event a line. */
import { at, integerAt, textAt } from '../containers/reading.ts';

export type EngineEvent =
  | { readonly kind: 'container'; readonly id: string; readonly isGone: boolean }
  /** `containerId`: who came or went. */
  | { readonly kind: 'network'; readonly containerId: string | undefined };

/** Whatever else happens to a container (exec, attach, top, copy …) changes nothing that is shown. */
const OF_CONTAINERS = new Set(
  'create start restart stop die kill oom pause unpause rename update destroy remove health_status cleanup died init sync'.split(
    ' ',
  ),
);
const OF_NETWORKS = new Set('create connect disconnect destroy remove update'.split(' '));

export function readEvent(line: string): {
  readonly event: EngineEvent | undefined;
  readonly time: string | undefined;
} {
  let said: unknown;
  try {
    said = JSON.parse(line);
  } catch {
    return { event: undefined, time: undefined };
  }
  return { event: eventOf(said), time: timeOf(said) };
}

function eventOf(said: unknown): EngineEvent | undefined {
  // Before API 1.22 there were events of containers and images alone, without a type.
  const type = textAt(said, 'Type') ?? 'container';
  // `health_status: healthy`, `exec_start: sh -c …`
  const action = (textAt(said, 'Action') ?? textAt(said, 'status') ?? '').split(':')[0] as string;
  const id = textAt(said, 'Actor', 'ID') ?? textAt(said, 'id');
  if (type === 'container') {
    if (id === undefined || !OF_CONTAINERS.has(action)) return undefined;
    return { kind: 'container', id, isGone: action === 'destroy' || action === 'remove' };
  }
  if (type !== 'network' || !OF_NETWORKS.has(action)) return undefined;
  return { kind: 'network', containerId: textAt(said, 'Actor', 'Attributes', 'container') };
}

/** As `since` takes it: seconds, with nanoseconds behind the point. JSON numbers do not hold nanoseconds: they are cut. */
function timeOf(said: unknown): string | undefined {
  const nanoseconds = at(said, 'timeNano');
  if (typeof nanoseconds === 'number' && nanoseconds > 0 && nanoseconds < 1e19) {
    const microseconds = Math.floor(nanoseconds / 1000);
    return `${Math.floor(microseconds / 1e6)}.${String(microseconds % 1e6).padStart(6, '0')}000`;
  }
  const seconds = integerAt(said, 'time');
  return seconds !== undefined && seconds > 0 ? String(seconds) : undefined;
}
