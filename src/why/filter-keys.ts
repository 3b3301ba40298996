/** Keys of packet filters and of what the kernel was told of forwarding. */
import type { Element } from '../graph/element.ts';
import { isNamespace, nameOf, objectOf, textOf, typeOf } from '../query/forwarding/atlas.ts';
import type { Said } from './fact.ts';
import type { KindName } from './kinds.ts';
import { type KeyChange, on, one, texted } from './say.ts';

/** Undefined: it is none of these. */
export function filterSaid({ key, before }: KeyChange): ((change: KeyChange) => readonly Said[]) | undefined {
  if (before.kind === 'node' && /^nft(rule|chain|set)$/.test(typeOf(before))) return ruleset;
  if (key === 'Netfilter') return (change) => one(change, 'noise', `the packet filters of ${on(change)} changed`);
  if (/^Forwarding/.test(key)) return forwarding;
  if (/^RP_?Filter/i.test(key)) return (change) => setting(change, 'reverse-path.changed', 'reverse path filter');
  return undefined;
}

/** What decides about packets; numbers and places of rules move when others come and go. */
const DECIDING = ['Text', 'Policy', 'Verdict', 'Elements', 'Hook', 'Priority', 'Dormant', 'Devices', 'ChainType'];

function ruleset(change: KeyChange): readonly Said[] {
  const { key, before, from, to } = change;
  if (!DECIDING.includes(key)) return one(change, 'noise', `${key} of ${on(change)} changed`);
  const text = `${filterText(before)} changed: ${key} ${texted(from)} became ${texted(to)}`;
  return one(
    change,
    /^(snat|dnat|masquerade|redirect)/.test(String(before.metadata.Verdict)) ? 'nat.changed' : 'filter.changed',
    text,
  );
}

/** `nftables rule "tcp dport 23 drop" of chain forward (ip filter)`. */
export function filterText(element: Element): string {
  const { Family, Table, Chain, Text } = element.metadata;
  const table = `(${[Family, Table].filter((part) => typeof part === 'string').join(' ')})`;
  if (element.kind === 'edge') return 'link';
  const type = typeOf(element);
  if (type !== 'nftrule') return `nftables ${type.replace(/^nft/, '')} ${nameOf(element)} ${table}`;
  return `nftables rule "${textOf(Text) ?? nameOf(element)}" of chain ${String(Chain ?? '')} ${table}`;
}

function forwarding(change: KeyChange): readonly Said[] {
  const [was, is] = [objectOf(change.from), objectOf(change.to)];
  // Of an interface it is told where it is another than that of its namespace.
  const isInterface = change.before.kind === 'node' && !isNamespace(change.before);
  const isOff =
    Object.keys(was).some((family) => was[family] !== false && was[family] !== is[family]) ||
    (isInterface && Object.keys(is).some((family) => is[family] === false && was[family] !== false));
  return setting(change, isOff ? 'forwarding.off' : 'sysctl.changed', 'forwarding');
}

function setting(change: KeyChange, kind: KindName, name: string): readonly Said[] {
  const { from, to } = change;
  return one(change, kind, `${name} (${change.key}) of ${on(change)} changed from ${texted(from)} to ${texted(to)}`);
}
