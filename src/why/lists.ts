/** Changes of routes, policy rules, neighbours, forwarding entries and services, entry by entry. */
import type { Metadata, Value } from '../graph/element.ts';
import { changedKeys } from '../graph/value.ts';
import { numberOf, objectOf, textOf, textsIn } from '../query/forwarding/atlas.ts';
import { objectsIn } from '../query/routing.ts';
import { contains, parseAddress, parsePrefix } from '../std/address.ts';
import { changesBetween, entryChanges } from './entries.ts';
import type { Said, Traffic } from './fact.ts';
import type { KindName } from './kinds.ts';
import { bare, type KeyChange, on, texted } from './say.ts';

export function routesSaid(change: KeyChange): readonly Said[] {
  const { key, traffic } = change;
  return changesBetween(routesIn(change.from), routesIn(change.to), routeName).map(({ from, to }): Said => {
    const one = to ?? from ?? {};
    const isAbout = isFor(textOf(one.Prefix), traffic);
    const where = on(change);
    if (from === undefined)
      return { kind: 'route.added', text: `${routeText(one)} was added (${where})`, key, from, to, isAbout };
    if (to === undefined)
      return { kind: 'route.removed', text: `${routeText(one)} was removed (${where})`, key, from, to, isAbout };
    const [was, is] = [routeText(from), routeText(to)];
    const text =
      was === is ? `${was} was changed: ${changedText(from, to)} (${where})` : `${was} was changed to ${is} (${where})`;
    return { kind: 'route.changed', text, key, from, to, isAbout };
  });
}

export function* routesIn(value: Value | undefined): Generator<Metadata> {
  // That of the first route is said of the table, which another route may be the first of tomorrow.
  for (const table of objectsIn(value))
    for (const route of objectsIn(table.Routes))
      yield { ...route, Table: table.ID ?? 0, Src: route.Src ?? sourceFor(route, table) };
}

function sourceFor({ Prefix }: Metadata, { Src }: Metadata): Value {
  const isSix = (text: string) => text.includes(':');
  return typeof Src === 'string' && typeof Prefix === 'string' && isSix(Src) === isSix(Prefix) ? Src : null;
}

/** As the kernel tells routes apart: by table, prefix, TOS and metric. */
export function routeName({ Table, Prefix, TOS, NextHops }: Metadata): string {
  const [first] = objectsIn(NextHops);
  return JSON.stringify([Table, Prefix, TOS ?? 0, first?.Priority ?? 0]);
}

function routeText({ Table, Prefix, NextHops, Type }: Metadata): string {
  const prefix = textOf(Prefix);
  const name = prefix === undefined || /\/0$/.test(prefix) ? 'default' : prefix;
  const ways = objectsIn(NextHops).flatMap(({ IP }) => textOf(IP) ?? []);
  const via = ways.length === 0 ? '' : ` via ${ways.join(' and ')}`;
  const type = textOf(Type);
  const kind = type === undefined || type === 'unicast' ? 'route' : `${type} route`;
  return `${kind} ${name}${via}${Table === 254 ? '' : ` of table ${String(Table)}`}`;
}

/** What else of it is another: `MTU none became 900`. */
function changedText(from: Metadata, to: Metadata): string {
  const differing = changedKeys(from, to);
  const text = (value: Value | undefined) =>
    typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
  return differing.map((name) => `${name} ${texted(text(from[name]))} became ${texted(text(to[name]))}`).join(', ');
}

export function rulesSaid(change: KeyChange): readonly Said[] {
  const { key, from: was, to: is, traffic } = change;
  const name = (rule: Metadata) => `${String(rule.Family)} ${ruleText(rule)}`;
  return entryChanges(was, is, name).map(({ from, to }): Said => {
    const one = to ?? from ?? {};
    const parts = [textOf(one.Src), textOf(one.Dst)].flatMap((text) => text ?? []);
    const isAbout = parts.every((text) => isFor(text, traffic));
    const kind: KindName = from === undefined ? 'policy.added' : to === undefined ? 'policy.removed' : 'policy.changed';
    const done = { 'policy.added': 'was added', 'policy.removed': 'was removed', 'policy.changed': 'was changed' }[
      kind
    ];
    return { kind, text: `policy rule ${ruleText(one)} ${done} in ${on(change)}`, key, from, to, isAbout };
  });
}

/** As `ip rule` writes it. */
function ruleText(rule: Metadata): string {
  const { Priority, Invert, Src, Table, Action, Goto } = rule;
  const conditions = CONDITIONS.flatMap(([key, word]) =>
    rule[key] === undefined ? [] : [`${word} ${texted(rule[key])}`],
  );
  const from = `${Invert === true ? 'not ' : ''}from ${textOf(Src) ?? 'all'}`;
  const to = Table ?? Goto;
  return [
    `${String(Priority ?? 0)}:`,
    from,
    ...conditions,
    textOf(Action) ?? 'lookup',
    ...(to === undefined ? [] : [String(to)]),
  ].join(' ');
}

const CONDITIONS = [
  ['Dst', 'to'],
  ['IIf', 'iif'],
  ['OIf', 'oif'],
  ['TOS', 'tos'],
  ['Mark', 'fwmark'],
  ['Mask', 'mask'],
  ['UID', 'uidrange'],
  ['IPProto', 'ipproto'],
  ['SPort', 'sport'],
  ['DPort', 'dport'],
] as const;

const LOST = ['NUD_FAILED', 'NUD_INCOMPLETE'];

export function neighboursSaid(change: KeyChange): readonly Said[] {
  const { key, traffic } = change;
  return entryChanges(change.from, change.to, ({ IP, Vlan }) => `${String(IP)} ${String(Vlan ?? '')}`).map(
    ({ from, to }): Said => {
      const one = to ?? from ?? {};
      const address = textOf(one.IP) ?? '';
      const isAbout = traffic.addresses.has(bare(address));
      const say = (kind: KindName, text: string): Said => ({ kind, text, key, from, to, isAbout });
      const [was, is] = [textsIn(from?.State), textsIn(to?.State)];
      const [old, mac] = [textOf(from?.MAC), textOf(to?.MAC)];
      if (is.includes('NUD_PERMANENT') && (old !== mac || !was.includes('NUD_PERMANENT')))
        return say('neighbour.fixed', `neighbour ${address} was fixed to ${mac ?? 'no MAC'} on ${on(change)}`);
      if (is.some((state) => LOST.includes(state)) && !was.some((state) => LOST.includes(state)))
        return say('neighbour.lost', `nobody answers any more who has ${address} on ${on(change)}`);
      if (old !== undefined && mac !== undefined && old !== mac)
        return say('neighbour.changed', `neighbour ${address} changed from ${old} to ${mac} on ${on(change)}`);
      return say('neighbour.seen', `neighbour ${address} is ${is.join(', ') || 'forgotten'} on ${on(change)}`);
    },
  );
}

export function fdbSaid(change: KeyChange): readonly Said[] {
  const { key, traffic } = change;
  const name = ({ MAC, Vlan, IP }: Metadata) => JSON.stringify([MAC, Vlan, IP]);
  return entryChanges(change.from, change.to, name).map(({ from, to }): Said => {
    const one = to ?? from ?? {};
    const mac = textOf(one.MAC) ?? '';
    const isAbout = traffic.macs.has(mac);
    const isMade = textsIn(one.State).includes('NUD_PERMANENT');
    const vlan = one.Vlan === undefined ? '' : ` in VLAN ${String(one.Vlan)}`;
    // Multicast is told by protocols of every kind, all the time.
    if (/^(01:00:5e|33:33|01:80:c2)/.test(mac))
      return { kind: 'noise', text: `forwarding entry ${mac} changed`, key, from, to, isAbout: false };
    if (from === undefined) {
      const text = `${mac} is behind ${on(change)}${vlan} now`;
      return { kind: isAbout && !isMade ? 'fdb.moved' : 'fdb.changed', text, key, from, to, isAbout };
    }
    if (to === undefined)
      return {
        kind: 'fdb.changed',
        text: `${mac} is no longer known behind ${on(change)}${vlan}`,
        key,
        from,
        to,
        isAbout,
      };
    return { kind: 'fdb.changed', text: `forwarding entry ${mac} of ${on(change)} changed`, key, from, to, isAbout };
  });
}

export function servicesSaid({ key, before, from: was, to: is, traffic }: KeyChange): readonly Said[] {
  const place = ({ Protocol, Address, Port }: Metadata) => JSON.stringify([Protocol, Address, Port]);
  const changes = entryChanges(was, is, place);
  const gone = changes.filter(({ to }) => to === undefined);
  const where = before.kind === 'node' ? (textOf(before.metadata.Name) ?? before.id) : before.id;
  return changes.flatMap(({ from, to }): Said[] => {
    const one = to ?? from ?? {};
    const port = numberOf(one.Port);
    const isAbout = isAsked(before.id, one, traffic);
    const say = (kind: KindName, text: string): Said => ({ kind, text, key, from, to, isAbout });
    if (to === undefined) {
      // It may listen at another address since.
      const moved = changes.find((other) => other.from === undefined && other.to?.Port === port);
      if (moved)
        return [say('service.changed', `${serviceText(one)} of ${where} moved to ${serviceText(objectOf(moved.to))}`)];
      return [say('service.stopped', `nobody listens at ${serviceText(one)} of ${where} any more`)];
    }
    if (from === undefined) {
      if (gone.some((other) => other.from?.Port === port)) return [];
      return [say('service.started', `${serviceText(one)} of ${where} is listened at`)];
    }
    const isOther = from.Pid !== to.Pid || from.Process !== to.Process;
    return [
      isOther
        ? say('service.changed', `another process listens at ${serviceText(one)} of ${where}`)
        : say('noise', `${serviceText(one)} of ${where} changed`),
    ];
  });
}

/** Whether packets are for a service: by where it is, its protocol and its port. */
function isAsked(id: string, { Protocol, Port }: Metadata, { end, protocol, ports }: Traffic): boolean | undefined {
  if (end !== undefined && id !== end) return false;
  if (protocol !== undefined && PROTOCOLS[textOf(Protocol) ?? ''] !== protocol) return false;
  return ports.size === 0 ? undefined : ports.has(numberOf(Port) ?? -1);
}

/** IANA's numbers. */
const PROTOCOLS: Readonly<Record<string, number>> = { TCP: 6, UDP: 17 };

function serviceText({ Protocol, Address, Port, Process }: Metadata): string {
  const who = textOf(Process);
  const place = `${textOf(Protocol) ?? ''} ${textOf(Address) ?? ''}:${String(Port ?? '')}`;
  return who === undefined ? place : `${place} (${who})`;
}

/** Whether an address of the packets lies in a prefix. */
function isFor(prefix: string | undefined, { addresses }: Traffic): boolean {
  if (prefix === undefined) return true;
  const parsed = parsePrefix(prefix);
  if (parsed === undefined) return false;
  return [...addresses].some((text) => {
    const address = parseAddress(text);
    return address !== undefined && contains(parsed, address);
  });
}
