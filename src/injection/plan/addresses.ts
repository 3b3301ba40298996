/** Which addresses a packet has: what was said, else what the ends have in one family. */
import type { GraphNode } from '../../graph/element.ts';
import { type Atlas, addressesOf, canonical, nameOf, prefixesOf } from '../../query/forwarding/atlas.ts';
import type { EndPoint } from '../../query/forwarding/ends.ts';
import { isLinkLocal, isLoopback, sourceFor } from '../../query/forwarding/source-address.ts';
import { originOf } from '../../query/origin.ts';
import { routeOf } from '../../query/routing.ts';
import { contains, parseAddress, parsePrefix } from '../../std/address.ts';
import { mistake } from '../../std/mistake.ts';
import type { MeetBound } from '../bounds.ts';
import type { InjectionAsked } from '../injection.ts';
import { addressIn, familyOf } from './checked.ts';

export interface Addresses {
  readonly family: 4 | 6;
  readonly source: string;
  readonly destination: string;
}

export interface Ends {
  readonly from: EndPoint;
  readonly to: EndPoint | undefined;
  readonly namespace: GraphNode;
}

/** Throws a Mistake that begins as Skydive's. */
export function addressesFor(atlas: Atlas, asked: InjectionAsked, ends: Ends, met: MeetBound): Addresses {
  const said = addressIn(asked.DstIP);
  // Who names an address means that one, whatever else its holder has.
  const given = said ?? canonical(ends.to?.text ?? '');
  const own = addressIn(asked.SrcIP);
  const wanted = asked.Type === undefined ? undefined : familyOf(asked.Type);
  const destination =
    given ?? destinationOf(atlas, ends, wanted ?? (own === undefined ? undefined : versionOf(own)), met);
  const family = destination === undefined ? undefined : versionOf(destination);
  if (destination === undefined || family === undefined || (wanted !== undefined && family !== wanted))
    throw mistake(
      'injection.no-destination-address',
      `No dest IP in node and user input: ${noDestination(said === undefined ? given : `DstIP ${said}`, ends, wanted ?? 4)}`,
      'DstIP, or a Type of the other family',
    );
  const source = own ?? sourceOf(atlas, ends, destination);
  if (source === undefined || versionOf(source) !== family)
    throw mistake(
      'injection.no-source-address',
      own === undefined
        ? `No source IP in node and user input: ${noSource(atlas, ends, family)} for ${destination}`
        : `No source IP in node and user input: SrcIP ${own} is not of the family of ${destination}`,
      'SrcIP, or a source that has one',
    );
  return { family, source, destination };
}

function noDestination(given: string | undefined, { to }: Ends, family: 4 | 6): string {
  return given === undefined
    ? `${to && wordOf(to)} has no IPv${family} address`
    : `${given} is no IPv${family} address`;
}

function noSource(atlas: Atlas, { from, namespace }: Ends, family: 4 | 6): string {
  const isThere = [...atlas.interfaces(namespace)].some(({ metadata }) =>
    addressesOf(metadata).some((one) => versionOf(one) === family && !isLoopback(one)),
  );
  const isWhole = from.node === undefined || from.node.id === namespace.id;
  return isWhole && isThere ? `${wordOf(from)} has no route` : `${wordOf(from)} has no IPv${family} address`;
}

/** By name what was found by a query. */
function wordOf({ text, node }: EndPoint): string {
  return node?.id === text ? nameOf(node) : text;
}

function versionOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}

/** On the link of the source before others, else the one with the longest route. */
function destinationOf(
  atlas: Atlas,
  { from, to, namespace }: Ends,
  family: 4 | 6 | undefined,
  met: MeetBound,
): string | undefined {
  if (to === undefined) return undefined;
  const own = to.node === undefined ? [] : addressesOf(to.node.metadata);
  const inside =
    own.length > 0 || to.namespace === undefined
      ? own
      : [...atlas.interfaces(to.namespace)].flatMap(({ metadata }) => addressesOf(metadata));
  const fits = (one: string) => family === undefined || versionOf(one) === family;
  const every = [...new Set([...to.addresses, ...inside])].filter(fits);
  if (every.length > ADDRESSES_MAX) met('addresses');
  const all = every.slice(0, ADDRESSES_MAX);
  const far = all.filter((one) => !isLoopback(one) || to.namespace?.id === namespace.id);
  const links = [...atlas.interfaces(namespace)]
    .flatMap(({ metadata }) => prefixesOf(metadata))
    .flatMap((text) => parsePrefix(text) ?? []);
  const origin = originOf(from.node ?? namespace, atlas.view);
  const worth = (text: string): number => {
    const address = parseAddress(text);
    if (address === undefined) return -1;
    // Of an interface with both, those that lead further are meant.
    const least = isLinkLocal(text) ? 0 : 500;
    if (links.some((prefix) => contains(prefix, address))) return least + 300;
    const way = routeOf({ text, address }, origin);
    return way.kind === 'found' ? least + 1 + way.length : least;
  };
  return far
    .map((text) => ({ text, worth: worth(text) }))
    .reduce<{ text: string; worth: number } | undefined>(
      (best, one) => (best === undefined || one.worth > best.worth ? one : best),
      undefined,
    )?.text;
}

/** Of one end that are looked at. */
const ADDRESSES_MAX = 256;

/** Of the interface that was named; else what the namespace would take. */
function sourceOf(atlas: Atlas, { from, namespace }: Ends, destination: string): string | undefined {
  const family = versionOf(destination);
  const named = canonical(from.text);
  if (named !== undefined && versionOf(named) === family) return named;
  const preferred = sourceFor(atlas, namespace, destination)?.address;
  if (from.node === undefined || from.node.id === namespace.id) return preferred;
  const own = addressesOf(from.node.metadata).filter((one) => versionOf(one) === family);
  if (own.length === 0) return typeof from.node.metadata.IfIndex === 'number' ? undefined : preferred;
  if (preferred !== undefined && own.includes(preferred)) return preferred;
  const address = parseAddress(destination);
  const onLink = prefixesOf(from.node.metadata).find((text) => {
    const prefix = parsePrefix(text);
    return prefix !== undefined && address !== undefined && contains(prefix, address);
  });
  return (
    (onLink && canonical(onLink.split('/', 1)[0] as string)) ??
    own.find((one) => isLinkLocal(one) === isLinkLocal(destination)) ??
    own[0]
  );
}
