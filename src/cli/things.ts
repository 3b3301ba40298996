/** What `skein get` can list: the query that finds it, and its columns where they are not those of any node. */
import type { WireEdge, WireNode } from '../contract/element.ts';
import { nameOf, typeOf } from './render/element.ts';
import { addressesOf } from './render/elements.ts';
import { filterOrder, filterRow } from './render/filters.ts';
import { containerRow, networkRow, openflowRow, portRow, switchRow } from './render/layers.ts';
import { neighboursOf, routesOf, rulesOf } from './render/routing.ts';

export interface Thing {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly doc: string;
  /** Steps after `G`. */
  readonly steps: string;
  /** One row for each thing in a node, with its columns as keys. Without it nodes are listed as nodes. */
  readonly rows?: (node: WireNode, place: Place) => readonly Row[];
  /** Owners whose names its rows tell. */
  readonly owners?: readonly OwnerType[];
  /** Nodes come in the order of these, which is that of their rows. */
  readonly order?: (node: WireNode, place: Place) => readonly (string | number)[];
  /** It is a part of a node rather than a node: rows in every format. */
  readonly isPart?: true;
}

export type OwnerType = 'netns' | 'ovsbridge' | 'nftchain';

export type Row = Readonly<Record<string, unknown>>;

/** Where a node is: the namespace that owns it, undefined for that of the host. */
export interface Place {
  readonly netns: string | undefined;
  /** The bridge of Open vSwitch that owns it, where that is asked for. */
  readonly bridge?: string;
  /** The hook of the chain of nftables that owns it, where that is asked for. */
  readonly hook?: string;
}

export const things: readonly Thing[] = [
  { name: 'nodes', aliases: ['node'], doc: 'everything', steps: '.V()' },
  { name: 'edges', aliases: ['edge'], doc: 'how they are connected', steps: '.E()' },
  {
    name: 'hosts',
    aliases: ['host'],
    doc: 'machines',
    steps: ".V().Has('Type', 'host')",
    rows: (node) => [
      {
        NAME: nameOf(node),
        KERNEL: node.Metadata.KernelVersion,
        PLATFORM: [node.Metadata.Platform, node.Metadata.PlatformVersion].filter(Boolean).join(' '),
        CPUS: Array.isArray(node.Metadata.CPU) ? node.Metadata.CPU.length : undefined,
        VIRTUALIZATION: node.Metadata.VirtualizationSystem,
      },
    ],
  },
  {
    name: 'netns',
    aliases: ['namespaces', 'namespace', 'ns'],
    doc: 'network namespaces',
    steps: ".V().Has('Type', 'netns')",
    rows: (node) => [
      {
        NAME: nameOf(node),
        HOST: node.Host,
        PATH: node.Metadata.Path,
        INODE: node.Metadata.Inode,
        MANAGER: node.Metadata.Manager,
      },
    ],
  },
  {
    name: 'interfaces',
    aliases: ['interface', 'if', 'links', 'link'],
    doc: 'network interfaces of every kind',
    steps: ".V().HasKey('IfIndex')",
    rows: (node, place) => [interfaceRow(node, place)],
  },
  {
    name: 'bridges',
    aliases: ['bridge', 'br'],
    doc: 'Linux and Open vSwitch bridges',
    steps: ".V().HasEither('Type', 'bridge', 'Type', 'ovsbridge')",
    rows: (node, place) => [interfaceRow(node, place)],
  },
  {
    name: 'ports',
    aliases: ['port', 'ovsport', 'ovsports'],
    doc: 'ports of Open vSwitch, and of switches nearby (LLDP, CDP)',
    steps: ".V().HasEither('Type', 'ovsport', 'Type', 'switchport')",
    owners: ['ovsbridge'],
    rows: (node, place) => [portRow(node, place)],
  },
  {
    name: 'openflow',
    aliases: ['ofrules', 'ofrule', 'of'],
    doc: 'rules of OpenFlow, with what they counted',
    steps: ".V().Has('Type', 'ofrule')",
    owners: ['ovsbridge'],
    rows: (node, place) => [openflowRow(node, place)],
  },
  {
    name: 'filters',
    aliases: ['filter', 'nftrules', 'nftrule', 'nft'],
    doc: 'rules of packet filters and NAT (nftables), with what they counted',
    steps: ".V().Has('Type', 'nftrule')",
    owners: ['netns', 'nftchain'],
    rows: (node, place) => [filterRow(node, place)],
    order: filterOrder,
  },
  {
    name: 'switches',
    aliases: ['switch', 'sw'],
    doc: 'Open vSwitch as a whole, and switches nearby (LLDP, CDP)',
    steps: ".V().HasEither('Type', 'ovs-system', 'Type', 'switch')",
    rows: (node) => [switchRow(node)],
  },
  {
    name: 'containers',
    aliases: ['container', 'ct', 'co'],
    doc: 'containers of every engine, running or not',
    steps: ".V().Has('Type', 'container')",
    rows: (node, place) => [containerRow(node, place)],
  },
  {
    name: 'networks',
    aliases: ['network', 'net'],
    doc: 'networks of container engines',
    steps: ".V().HasEither('Type', 'dockernetwork', 'Type', 'podmannetwork')",
    rows: (node) => [networkRow(node)],
  },
  {
    name: 'routes',
    aliases: ['route'],
    doc: 'routes of all tables',
    steps: ".V().HasKey('RoutingTables')",
    rows: routesOf,
    isPart: true,
  },
  {
    name: 'neighbours',
    aliases: ['neighbors', 'neighbour', 'neighbor', 'neigh', 'arp'],
    doc: 'ARP and NDP: who was seen at which address',
    steps: ".V().HasKey('Neighbors')",
    rows: neighboursOf,
    isPart: true,
  },
  {
    name: 'rules',
    aliases: ['rule'],
    doc: 'rules that choose a routing table',
    steps: ".V().HasKey('RoutingRules')",
    rows: rulesOf,
    isPart: true,
  },
];

/** No part of the graph: the server lists them itself. */
export const CAPTURES: Thing = {
  name: 'captures',
  aliases: ['capture', 'cap'],
  doc: 'where packets are looked at',
  steps: '',
  isPart: true,
};

/** Those of an analyzer. */
export const AGENTS: Thing = {
  name: 'agents',
  aliases: ['agent', 'fleet'],
  doc: 'agents of the analyzer: who is there, how late, how far the clocks are apart',
  steps: '',
  isPart: true,
};

/** Beside the graph as well: what processes have open. */
export const SOCKETS: Thing = {
  name: 'sockets',
  aliases: ['socket', 'sock', 'ss'],
  doc: 'what processes listen at and are connected to',
  steps: '',
  isPart: true,
};

/** Read from the switch when it is asked for. */
export const DATAPATH_FLOWS: Thing = {
  name: 'datapath-flows',
  aliases: ['datapath-flow', 'dpflows', 'dp'],
  doc: 'what the datapaths of Open vSwitch do at the moment',
  steps: '',
  isPart: true,
};

export function thingNamed(word: string): Thing | undefined {
  const wanted = word.toLowerCase();
  return [...things, CAPTURES, SOCKETS, DATAPATH_FLOWS, AGENTS].find(
    ({ name, aliases }) => name === wanted || aliases.includes(wanted),
  );
}

/** Edges with the names of their ends, of an answer that holds both. */
export function edgeRows(
  { nodes, edges }: { readonly nodes: readonly WireNode[]; readonly edges: readonly WireEdge[] },
  place: (node: WireNode) => Place,
): Row[] {
  const names = new Map(nodes.map((node) => [node.ID, qualifiedName(node, place(node))]));
  return edges.map((edge) => ({
    FROM: names.get(edge.Parent) ?? edge.Parent,
    RELATION: edge.Metadata.RelationType,
    TO: names.get(edge.Child) ?? edge.Child,
    TYPE: edge.Metadata.Type,
    HOST: edge.Host,
  }));
}

/** `blue/eth0`: the same name is found in many namespaces. */
export function qualifiedName(node: WireNode, { netns }: Place): string {
  return netns === undefined || typeOf(node) === 'netns' ? nameOf(node) : `${netns}/${nameOf(node)}`;
}

function interfaceRow(node: WireNode, { netns }: Place): Row {
  const { State, MTU, MAC, Driver, Speed, IfIndex } = node.Metadata;
  return {
    NAME: nameOf(node),
    TYPE: typeOf(node),
    HOST: node.Host,
    NETNS: netns,
    INDEX: IfIndex,
    STATE: State,
    MTU,
    MAC,
    ADDRESSES: addressesOf(node),
    DRIVER: Driver,
    SPEED: Speed,
  };
}
