/** What became known of the ends of live flows; few have any. */
import type { Both, FlowEnds, KnownEnds, LookUpEnds } from './ends.ts';
import type { Flow } from './flow.ts';
import { isHiStarted, isIcmp } from './row-values.ts';
import type { FlowStore } from './store.ts';
import { trackingOf } from './tuple-tracking.ts';

/** Of one row. A flow may be turned round later, when it becomes certain who began. */
export interface StoredEnds {
  readonly ends: FlowEnds;
  readonly isHiStarted: boolean;
}

export function endsOf(store: FlowStore, row: number): FlowEnds | undefined {
  const stored = store.ends.get(row);
  if (!stored || stored.isHiStarted === isHiStarted(store, row)) return stored?.ends;
  const ends = turned(stored.ends);
  store.ends.set(row, { ends, isHiStarted: !stored.isHiStarted });
  return ends;
}

/** Asks for what is not known yet of a flow that is about to be told. Gives what is known now. */
export function learnEnds(store: FlowStore, row: number, flow: Flow, lookUp: LookUpEnds): FlowEnds | undefined {
  const known = endsOf(store, row);
  if (isComplete(known) || !flow.Network) return known;
  const isEcho = isIcmp(store, row) && flow.ICMP?.Type === 'ECHO';
  if (!flow.Transport && !isEcho) return known;
  const protocol = store.protocol(row);
  const [aPort, bPort] = flow.Transport
    ? [flow.Transport.A, flow.Transport.B]
    : [flow.ICMP?.ID ?? 0, flow.ICMP?.ID ?? 0];
  const { A: a, B: b } = flow.Network;
  const found = lookUp({ node: flow.NodeTID, protocol, a, b, aPort, bPort });
  if (!found) return known;
  const ends = together(known, found, protocol);
  if (ends) store.ends.set(row, { ends, isHiStarted: isHiStarted(store, row) });
  return ends;
}

function isComplete(ends: FlowEnds | undefined): boolean {
  const names = ends?.Process;
  return names?.A !== undefined && names.B !== undefined && ends?.NAT !== undefined;
}

/** What was known stays: a process may have ended since, and yet it was this one. */
function together(known: FlowEnds | undefined, found: KnownEnds, protocol: number): FlowEnds | undefined {
  const nat = known?.NAT ?? translated(found.NAT, protocol);
  const service = known?.Service ?? found.Service;
  const ends: FlowEnds = {
    ...both('Process', known?.Process, found.Process),
    ...both('Pid', known?.Pid, found.Pid),
    ...both('ContainerID', known?.ContainerID, found.ContainerID),
    ...(service !== undefined && { Service: service }),
    ...(nat && { NAT: nat }),
  };
  return Object.keys(ends).length > 0 ? ends : undefined;
}

function both<T>(name: keyof FlowEnds, known: Both<T> | undefined, found: Both<T> | undefined): object | undefined {
  return known || found ? { [name]: { ...found, ...known } } : undefined;
}

function translated(found: KnownEnds['NAT'], protocol: number): FlowEnds['NAT'] {
  if (!found) return undefined;
  const { A, B, APort, BPort } = found;
  const TrackingID = trackingOf({ protocol, a: A, b: B, aPort: APort, bPort: BPort });
  return TrackingID === undefined ? undefined : { ...found, TrackingID };
}

/** Who waits at the port of the one who began nobody has asked. */
function turned({ Process, Pid, ContainerID, NAT }: FlowEnds): FlowEnds {
  return {
    ...(Process && { Process: swapped(Process) }),
    ...(Pid && { Pid: swapped(Pid) }),
    ...(ContainerID && { ContainerID: swapped(ContainerID) }),
    ...(NAT && { NAT: { ...NAT, A: NAT.B, B: NAT.A, APort: NAT.BPort, BPort: NAT.APort } }),
  };
}

function swapped<T>({ A, B }: Both<T>): Both<T> {
  return { ...(B !== undefined && { A: B }), ...(A !== undefined && { B: A }) };
}
