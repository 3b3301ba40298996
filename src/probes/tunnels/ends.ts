/** Ends of tunnels among the nodes of a graph, whoever says that they are: Open vSwitch or a kernel. */
import type { GraphNode, Metadata, Value } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';

export interface End {
  readonly id: string;
  readonly host: string;
  readonly type: string;
  /** Its own address; undefined: any of its host's. */
  readonly local: string | undefined;
  readonly remote: string;
  /** Keys of packets that come in, and of those that go out. */
  readonly inKey: string;
  readonly outKey: string;
  /** UDP port, where another than the usual one is used. */
  readonly port: string;
}

/** Types of nodes, which are those of Open vSwitch and of Linux. */
const TYPES = ['vxlan', 'geneve', 'gre', 'gretap', 'ip6gre', 'erspan', 'ip6erspan', 'stt', 'lisp', 'gtpu', 'srv6'];
/** IANA's for VXLAN (RFC 7348) and Geneve (RFC 8926). */
const USUAL: Readonly<Record<string, string>> = { vxlan: '4789', geneve: '6081' };
/** Rules of OpenFlow say which, packet for packet. */
const BY_RULE = 'flow';

export function endsOf(view: GraphView): End[] {
  return TYPES.flatMap((type) =>
    [...(view.nodesWith('Type', type) ?? view.nodes())]
      .filter(({ metadata }) => metadata.Type === type)
      .flatMap((node) => endOf(node, type) ?? []),
  );
}

function endOf({ id, host, metadata }: GraphNode, type: string): End | undefined {
  const end = ofSwitch(metadata) ?? ofKernel(metadata);
  if (end?.remote === undefined || end.local === BY_RULE || end.remote === BY_RULE) return undefined;
  if (end.inKey === BY_RULE || end.outKey === BY_RULE) return undefined;
  const { remote, port } = end;
  return { id, host, type, ...end, remote, port: port === USUAL[type] ? '' : port };
}

interface Said {
  readonly local: string | undefined;
  readonly remote: string | undefined;
  readonly inKey: string;
  readonly outKey: string;
  readonly port: string;
}

/** ovs-vswitchd.conf.db(5), Interface, "Tunnel Options": no key is key 0. */
function ofSwitch({ LocalIP, RemoteIP, Ovs }: Metadata): Said | undefined {
  if (Ovs === undefined) return undefined;
  const options = inside(inside(Ovs).Options);
  const key = options.key ?? '0';
  return {
    local: textOf(LocalIP),
    remote: textOf(RemoteIP),
    inKey: keyText(options.in_key ?? key),
    outKey: keyText(options.out_key ?? key),
    port: textOf(options.dst_port) ?? '',
  };
}

function ofKernel({ Vxlan, Geneve }: Metadata): Said | undefined {
  const said = inside(Vxlan ?? Geneve);
  if (said.VNI === undefined || said.External === true) return undefined;
  const key = keyText(said.VNI);
  const [local, remote] = [textOf(said.Local), textOf(said.Remote)];
  return { local, remote, inKey: key, outKey: key, port: textOf(said.Port) ?? '' };
}

/** 0x10 is 16. */
function keyText(key: Value): string {
  const text = String(key);
  return /^(0x[0-9a-f]+|\d+)$/i.test(text) ? BigInt(text).toString() : text;
}

function inside(value: Value | undefined): Readonly<Record<string, Value>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Metadata) : {};
}

function textOf(value: Value | undefined): string | undefined {
  return value === undefined || value === null || value === '' ? undefined : String(value);
}
