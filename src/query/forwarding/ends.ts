/** What people name as the end of a path: nodes by id, TID or name, addresses, containers, namespaces, processes. */
import type { GraphNode, Metadata } from '../../graph/element.ts';
import { type Fault, Mistake } from '../../std/mistake.ts';
import { didYouMean } from '../../std/nearest.ts';
import { objectsIn } from '../routing.ts';
import {
  type Atlas,
  addressesOf,
  canonical,
  isNamespace,
  nameOf,
  numberOf,
  objectOf,
  textOf,
  textsIn,
  typeOf,
} from './atlas.ts';
import { isLinkLocal, isLoopback, isUnspecified } from './source-address.ts';

export interface EndPoint {
  /** As it was named. */
  readonly text: string;
  /** Undefined of an address that nobody in the graph has, or several have. */
  readonly node: GraphNode | undefined;
  readonly namespace: GraphNode | undefined;
  /** Those it can be reached at, in their one spelling; the likeliest first. */
  readonly addresses: readonly string[];
  /** Where a process is named that serves one port. */
  readonly service?: { readonly protocol: number; readonly port: number };
}

/** Node ids of the namespaces in which a process has sockets, by its number or name. */
export type ProcessPlaces = (process: { readonly pid: number } | { readonly name: string }) => Iterable<string>;

interface Found {
  readonly node: GraphNode;
  readonly service?: Metadata;
}

export interface EndQuestion {
  readonly isStart: boolean;
  /** A start may be an address that nobody has who is watched. */
  readonly isOutside?: boolean;
  readonly places: ProcessPlaces | undefined;
}

/** Throws a Mistake that says what would do. */
export function* endPoint(
  atlas: Atlas,
  text: string,
  { isStart, isOutside = false, places }: EndQuestion,
): Generator<undefined, EndPoint> {
  const address = canonical(text);
  if (address !== undefined) return addressEnd(atlas, { text, address, isStart, isOutside });
  const [, kind, name] = /^(container|netns|host|pid|process):(.+)$/.exec(text) ?? [];
  const found = yield* candidates(atlas, text, kind, name, places);
  const usable = found.flatMap((one) => {
    const namespace = namespaceOf(atlas, one.node);
    return namespace === undefined ? [] : [{ ...one, namespace }];
  });
  const [first] = usable;
  if (first === undefined) throw yield* unknownEnd(atlas, text, found);
  const namespaces = new Set(usable.map(({ namespace }) => namespace.id));
  if (namespaces.size > 1) throw ambiguous(atlas, text, usable);
  // Of a container and a namespace of one name either will do: the interface says most.
  const best = usable.find(({ node }) => typeof node.metadata.IfIndex === 'number') ?? first;
  const services = usable.flatMap(({ service }) => (service === undefined ? [] : [service]));
  return nodeEnd(atlas, { text, node: best.node, namespace: best.namespace, services });
}

export interface Holder {
  readonly node: GraphNode;
  readonly namespace: GraphNode;
}

/** Interfaces that have an address, in its one spelling, each with the namespace that it is in. */
export function holdersOf(atlas: Atlas, address: string): Holder[] {
  return atlas.holders(address).flatMap((node) => {
    const namespace = atlas.namespace(node);
    return namespace === undefined ? [] : [{ node, namespace }];
  });
}

function addressEnd(
  atlas: Atlas,
  {
    text,
    address,
    isStart,
    isOutside,
  }: { readonly text: string; readonly address: string } & Required<Omit<EndQuestion, 'places'>>,
): EndPoint {
  const holders = holdersOf(atlas, address);
  const namespaces = new Set(holders.map(({ namespace }) => namespace.id));
  const [first] = holders;
  if (isStart && !isOutside && first === undefined)
    throw new Mistake([
      {
        code: 'path.unknown',
        message: `nobody in the graph has ${text}`,
        hint: 'a path begins at something that is watched; it may lead to any address',
      },
    ]);
  if (isStart && namespaces.size > 1) throw ambiguous(atlas, text, holders);
  const isOne = namespaces.size === 1;
  return {
    text,
    node: isOne ? first?.node : undefined,
    namespace: isOne ? first?.namespace : undefined,
    addresses: [address],
  };
}

function nodeEnd(
  atlas: Atlas,
  {
    text,
    node,
    namespace,
    services,
  }: {
    readonly text: string;
    readonly node: GraphNode;
    readonly namespace: GraphNode;
    readonly services: readonly Metadata[];
  },
): EndPoint {
  const own = addressesOf(node.metadata);
  const bound = services
    .flatMap(({ Address }) => canonical(textOf(Address) ?? '') ?? [])
    .filter((one) => !isUnspecified(one));
  const all = [...atlas.interfaces(namespace)].flatMap(({ metadata }) => addressesOf(metadata));
  const addresses = bound.length > 0 && services.length === bound.length ? bound : own.length > 0 ? own : all;
  const far = addresses.filter((one) => !isLoopback(one) && !isLinkLocal(one));
  const [only] = services;
  const protocol = { TCP: 6, UDP: 17 }[textOf(only?.Protocol)?.toUpperCase() ?? ''];
  const port = numberOf(only?.Port);
  const isOne = services.length === 1 && protocol !== undefined && port !== undefined;
  return {
    text,
    node,
    namespace,
    addresses: far.length > 0 ? far : addresses,
    ...(isOne && { service: { protocol, port } }),
  };
}

function* candidates(
  atlas: Atlas,
  text: string,
  kind: string | undefined,
  name: string | undefined,
  places: ProcessPlaces | undefined,
): Generator<undefined, Found[]> {
  if (kind === 'pid' || kind === 'process') return yield* processes(atlas, kind, name ?? '', places);
  const byId = atlas.node(text);
  if (byId) return [{ node: byId }];
  const path = (name ?? text).split('/');
  const last = path.at(-1) ?? '';
  const found: Found[] = [];
  for (const node of atlas.view.nodes()) {
    if (atlas.budget.spend()) yield undefined;
    const { metadata } = node;
    if (kind !== undefined) {
      if (typeOf(node) === kind && isCalled(node, name ?? '')) found.push({ node });
    } else if (isCalled(node, text) || metadata.TID === text) found.push({ node });
    else if (path.length > 1 && isCalled(node, last) && isOwnedBy(atlas, node, path.slice(0, -1))) found.push({ node });
  }
  return found;
}

function isCalled({ metadata }: GraphNode, name: string): boolean {
  if (metadata.Name === name || textsIn(metadata.AltNames).includes(name)) return true;
  const id = textOf(objectOf(metadata.Container).ID) ?? textOf(objectOf(metadata.Docker).ContainerID);
  return id !== undefined && name.length >= 6 && id.startsWith(name);
}

/** `blue/eth0`, `host/blue/eth0`. */
function isOwnedBy(atlas: Atlas, node: GraphNode, path: readonly string[]): boolean {
  let at: GraphNode | undefined = node;
  for (const name of path.toReversed()) {
    [at] = atlas.owners(at);
    if (at === undefined || !isCalled(at, name)) return false;
  }
  return true;
}

function* processes(
  atlas: Atlas,
  kind: 'pid' | 'process',
  name: string,
  places: ProcessPlaces | undefined,
): Generator<undefined, Found[]> {
  const pid = Number(name);
  const isIt = (one: Metadata) =>
    kind === 'pid'
      ? (one.Pid ?? one.PID) === pid
      : [one.Name, one.Process].some((said) => textOf(said) === name || textOf(said)?.split('/').at(-1) === name);
  const found: Found[] = [];
  for (const node of atlas.view.nodes()) {
    if (atlas.budget.spend()) yield undefined;
    const { Services, Sockets, Container } = node.metadata;
    for (const service of objectsIn(Services)) if (isIt(service)) found.push({ node, service });
    if (objectsIn(Sockets).some(isIt)) found.push({ node });
    if (kind === 'pid' && objectOf(Container).InitProcessPID === pid) found.push({ node });
  }
  if (found.length > 0) return found;
  for (const id of places?.(kind === 'pid' ? { pid } : { name }) ?? []) {
    const node = atlas.node(id);
    if (node) found.push({ node });
  }
  return found;
}

/** Also of a container, whose namespace owns it, and of a switch's port, whose device is in one. */
function namespaceOf(atlas: Atlas, node: GraphNode): GraphNode | undefined {
  if (isNamespace(node)) return node;
  const type = typeOf(node);
  if (/^(ovsbridge|ovsport|ofrule|ofgroup|switch|switchport)$/.test(type)) return undefined;
  if (type === 'container' || typeof node.metadata.IfIndex === 'number' || addressesOf(node.metadata).length > 0)
    return atlas.namespace(node) ?? [...atlas.owned(node)].find(isNamespace);
  return undefined;
}

const CANDIDATES_MAX = 20;

export function ambiguous(atlas: Atlas, text: string, found: readonly Holder[]): Mistake {
  const lines = found.slice(0, CANDIDATES_MAX).map(({ node, namespace }) => {
    const [owner] = atlas.owners(namespace);
    const where = namespace.id === node.id ? (owner === undefined ? node.host : nameOf(owner)) : nameOf(namespace);
    return `${where}/${nameOf(node)} (${typeOf(node)}, id ${node.id})`;
  });
  const more = found.length > CANDIDATES_MAX ? ` and ${found.length - CANDIDATES_MAX} more` : '';
  const fault: Fault = {
    code: 'path.ambiguous',
    message: `${found.length} nodes are meant by "${text}"`,
    hint: `say which, as OWNER/NAME or by its id: ${lines.join(', ')}${more}`,
  };
  return new Mistake([fault]);
}

/** Names that a slip is looked for among. */
const NAMES_MAX = 20_000;

function* unknownEnd(atlas: Atlas, text: string, found: readonly Found[]): Generator<undefined, Mistake> {
  const [first] = found;
  if (first !== undefined)
    return new Mistake([
      {
        code: 'path.not-an-end',
        message: `${nameOf(first.node)} is a ${typeOf(first.node)}: packets neither begin nor end there`,
        hint: 'name an interface, a namespace, a host, a container, a process or an address',
      },
    ]);
  const names = new Set<string>();
  const plain = text.replace(/^(container|netns|host|process):/, '');
  for (const node of atlas.view.nodes()) {
    if (atlas.budget.spend()) yield undefined;
    if (names.size >= NAMES_MAX) break;
    names.add(nameOf(node));
  }
  const close = /^pid:/.test(text) ? undefined : didYouMean(plain, names);
  const isProcess = /^(pid|process):/.test(text);
  const hint = isProcess
    ? 'processes are known by their sockets: it has none, or the probe "sockets" does not run'
    : (close ?? 'skein get nodes lists what there is; --at looks at the past');
  return new Mistake([{ code: 'path.unknown', message: `nothing is called "${text}"`, hint }]);
}
