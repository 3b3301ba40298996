/** What listens in a namespace, as a list that is the same for as long as the same listens. */
import type { Metadata } from '../../graph/element.ts';
import type { Entry } from './entry.ts';
import type { Place } from './place.ts';
import type { Processes } from './processes.ts';
import { UDP } from './sight.ts';

/** Of one namespace; what comes beyond them is left out and counted. */
const SERVICES_MAX = 1_024;
/** Ports that the kernel gives to who asks for none (net.ipv4.ip_local_port_range, as Linux sets it). */
const GIVEN_FROM = 32_768;
const GIVEN_TO = 60_999;
/** Who asks a question by UDP has such a port for a moment; who still has it after so many ms offers something. */
const ASKING_MS = 10_000;

export interface Services {
  readonly list: readonly Metadata[];
  /** So many were left out. */
  readonly beyond: number;
  /** Some are too young to tell yet. */
  readonly isUnsure: boolean;
}

export function servicesOf(place: Place, processes: Processes, nowMs: number): Services {
  const byText = new Map<string, Metadata>();
  let isUnsure = false;
  for (const entry of place.services) {
    if (isAsking(entry, nowMs)) isUnsure = true;
    else {
      const service = serviceOf(entry, processes, nowMs);
      byText.set(sortKey(service), service);
    }
  }
  const list = [...byText].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, service]) => service);
  return { list: list.slice(0, SERVICES_MAX), beyond: Math.max(0, list.length - SERVICES_MAX), isUnsure };
}

function isAsking({ protocol, localPort, openedAt }: Entry, nowMs: number): boolean {
  return protocol === UDP && localPort >= GIVEN_FROM && localPort <= GIVEN_TO && nowMs - openedAt < ASKING_MS;
}

function serviceOf(
  { protocol, localAddress, localPort, holder }: Entry,
  processes: Processes,
  nowMs: number,
): Metadata {
  const process = holder && processes.of(holder, nowMs);
  return {
    Protocol: protocol === UDP ? 'UDP' : 'TCP',
    Address: localAddress,
    Port: localPort,
    ...(process ? { Process: process.name, Pid: process.pid } : {}),
    ...(process?.user === undefined ? {} : { User: process.user }),
    ...(process?.container === undefined ? {} : { ContainerID: process.container }),
  };
}

function sortKey({ Port, Protocol, Address, Pid, Process }: Metadata): string {
  return `${String(Port).padStart(5, '0')} ${Protocol} ${Address} ${String(Pid ?? '').padStart(10, '0')} ${Process ?? ''}`;
}
