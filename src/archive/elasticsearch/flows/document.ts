/**
 * A flow as a document: all that it is under its own names, and beside them what the Elastic Common Schema
 * (https://www.elastic.co/guide/en/ecs/8.11/) has a name for. Names of flows begin with a capital, those of ECS do not, so
 * that either can be told from the other.
 */
import type { Flow } from '../../../flow/flow.ts';

export type FlowDocument = Flow & EcsFields;

/** Host of a node, by its TID; undefined when it is not known. */
export type HostOf = (nodeTid: string) => string | undefined;

export function documentOf(flow: Flow, hostOf?: HostOf): FlowDocument {
  return { ...flow, ...ecsOf(flow, hostOf?.(flow.NodeTID)) };
}

/** What was written of it, to the last field. */
export function flowOf(document: Readonly<Record<string, unknown>>): Flow {
  const flow: Record<string, unknown> = {};
  for (const name of Object.keys(document)) if (!ecsNames.has(name)) flow[name] = document[name];
  return flow as unknown as Flow;
}

interface EcsFields {
  readonly '@timestamp': number;
  readonly ecs: { readonly version: string };
  readonly event: object;
  readonly source: object;
  readonly destination: object;
  readonly network: object;
  readonly observer: object;
  readonly host?: object;
  readonly process?: object;
  readonly container?: object;
  readonly service?: object;
  readonly dns?: object;
  readonly tls?: object;
}

const ecsNames: ReadonlySet<string> = new Set([
  '@timestamp',
  'ecs',
  'event',
  'source',
  'destination',
  'network',
  'observer',
  'host',
  'process',
  'container',
  'service',
  'dns',
  'tls',
] satisfies (keyof EcsFields)[]);

const ECS = { version: '8.11.0' };
const NS_PER_MS = 1_000_000;

function ecsOf(flow: Flow, host: string | undefined): EcsFields {
  const { Start, Last, Metric, NodeTID, CaptureID } = flow;
  const isOver = flow.FinishType !== undefined;
  return {
    '@timestamp': Last,
    ecs: ECS,
    event: {
      kind: 'event',
      category: ['network'],
      type: isOver ? ['connection', 'end'] : ['connection'],
      dataset: 'skein.flow',
      id: flow.UUID,
      start: Start,
      end: Last,
      duration: (Last - Start) * NS_PER_MS,
    },
    source: endOf(flow, 'A', { bytes: Metric.ABBytes, packets: Metric.ABPackets }),
    destination: endOf(flow, 'B', { bytes: Metric.BABytes, packets: Metric.BAPackets }),
    network: networkOf(flow),
    observer: { product: 'Skein', type: 'sensor', serial_number: CaptureID, ingress: { interface: { id: NodeTID } } },
    ...(host !== undefined && { host: { name: host } }),
    ...localOf(flow),
    ...(flow.Service !== undefined && { service: { name: flow.Service } }),
    ...layersOf(flow),
  };
}

function endOf(flow: Flow, end: 'A' | 'B', sent: { readonly bytes: number; readonly packets: number }): object {
  const { Network, Transport, Link, NAT } = flow;
  const port = NAT?.[`${end}Port`];
  return {
    ...(Network && { ip: Network[end], address: Network[end] }),
    ...(Transport && { port: Transport[end] }),
    ...(Link && { mac: Link[end].toUpperCase().replaceAll(':', '-') }),
    ...(NAT && { nat: { ip: NAT[end], ...(port && { port }) } }),
    ...sent,
  };
}

function networkOf(flow: Flow): object {
  const { Metric, Network, CommunityID, Application } = flow;
  const transport = transportOf(flow);
  const direction = directionOf(flow);
  return {
    ...(Network && { type: Network.Protocol.toLowerCase() }),
    ...(transport !== undefined && { transport }),
    protocol: Application.toLowerCase(),
    ...(CommunityID !== undefined && { community_id: CommunityID }),
    ...(direction !== undefined && { direction }),
    bytes: Metric.ABBytes + Metric.BABytes,
    packets: Metric.ABPackets + Metric.BAPackets,
  };
}

function transportOf({ Transport, ICMP, Network }: Flow): string | undefined {
  if (Transport) return Transport.Protocol.toLowerCase();
  return ICMP && (Network?.Protocol === 'IPV6' ? 'ipv6-icmp' : 'icmp');
}

/** As the host sees it that has the sockets; nobody knows where neither end is a process of it. */
function directionOf({ Pid, Process }: Flow): 'egress' | 'ingress' | 'internal' | undefined {
  const hasA = Pid?.A !== undefined || Process?.A !== undefined;
  const hasB = Pid?.B !== undefined || Process?.B !== undefined;
  if (hasA) return hasB ? 'internal' : 'egress';
  return hasB ? 'ingress' : undefined;
}

/** ECS has one process: whoever began, or else who answered. */
function localOf({ Process, Pid, ContainerID }: Flow): Pick<EcsFields, 'process' | 'container'> {
  const [name, pid, container] = [Process, Pid, ContainerID].map((of) => of?.A ?? of?.B);
  return {
    ...((name ?? pid) !== undefined && {
      process: { ...(name !== undefined && { name }), ...(pid !== undefined && { pid }) },
    }),
    ...(container !== undefined && { container: { id: container } }),
  };
}

function layersOf({ DNS, TLS }: Flow): Pick<EcsFields, 'dns' | 'tls'> {
  const questions = Array.isArray(DNS?.questions) ? DNS.questions : [];
  const names = questions.map((question) => question?.name).filter((name) => typeof name === 'string');
  const server = TLS?.SNI;
  return {
    ...(names.length > 0 && { dns: { question: { name: names } } }),
    ...(typeof server === 'string' && { tls: { client: { server_name: server } } }),
  };
}
