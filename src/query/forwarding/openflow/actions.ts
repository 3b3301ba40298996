/** Actions that change the packet, or nothing (ovs-actions(7)). */
import { allOnes, type FieldKind, fieldKind, fieldMask, fieldValue } from './fields.ts';
import { readField, TAGGED, writeField } from './state.ts';
import { parseSubfield, readSubfield, writeSubfield } from './subfield.ts';
import type { SwitchPacket } from './switch-packet.ts';
import type { Word } from './words.ts';

/** False: what it does is not known here. */
export function rewrite(word: Word, packet: SwitchPacket): boolean {
  return (acts.get(word.name) ?? none)(word.rest, packet);
}

type Act = (rest: string, packet: SwitchPacket) => boolean;

const none: Act = () => false;
/** Where and when packets are counted, queued or remembered is not where they go. */
const nothing: Act = () => true;

const tci: FieldKind = { name: 'vlan_tci', bits: 16 };
const STACK_MAX = 1024;

/** `set_field:10.0.0.1->nw_dst`, `set_field:0x1/0xf->reg0`. */
const setField: Act = (rest, { fields }) => {
  const [from = '', to = ''] = rest.split('->');
  const target = parseSubfield(to);
  if (target === undefined) return false;
  const [of = '', masked] = from.split('/');
  const kind = target.kind.name === 'vlan_tci' ? { name: 'vlan_tci', bits: target.bits } : target.kind;
  const value = fieldValue(kind, of);
  const mask = masked === undefined ? allOnes(target.bits) : fieldMask(kind, masked);
  if (value === undefined || mask === undefined) return false;
  const before = readSubfield(fields, target);
  const isWhole = mask === allOnes(target.bits);
  const after = isWhole ? value : before === undefined ? undefined : (before & ~mask) | (value & mask);
  writeSubfield(fields, target, after);
  return true;
};

const move: Act = (rest, { fields }) => {
  const [from, to] = rest.split('->').map(parseSubfield);
  if (from === undefined || to === undefined) return false;
  writeSubfield(fields, to, readSubfield(fields, from));
  return true;
};

const setVlan: Act = (rest, { fields }) => {
  const before = readField(fields, tci);
  const vlan = BigInt(Number(rest) & 0xfff);
  writeField(fields, tci, TAGGED | (before === undefined ? 0n : before & 0xe000n) | vlan);
  return true;
};

const pushVlan: Act = (_, { fields, inner }) => {
  const before = readField(fields, tci);
  if (before !== undefined && (before & TAGGED) !== 0n) inner.unshift(Number(before & 0xfffn));
  writeField(fields, tci, TAGGED);
  return true;
};

const popVlan: Act = (_, { fields, inner }) => {
  const next = inner.shift();
  writeField(fields, tci, next === undefined ? 0n : TAGGED | BigInt(next));
  return true;
};

function set(name: string): Act {
  return (rest, { fields }) => {
    const kind = fieldKind(name);
    if (kind === undefined) return false;
    writeField(fields, kind, fieldValue(kind, rest));
    return true;
  };
}

const push: Act = (rest, { fields, stack }) => {
  const from = parseSubfield(rest);
  if (from === undefined || stack.length >= STACK_MAX) return false;
  stack.push(readSubfield(fields, from));
  return true;
};

const pop: Act = (rest, { fields, stack }) => {
  const to = parseSubfield(rest);
  if (to === undefined) return false;
  writeSubfield(fields, to, stack.pop());
  return true;
};

/** How large a packet is nobody said. */
const checkLarger: Act = (rest, { fields }) => {
  const to = parseSubfield(rest.split('->')[1] ?? '');
  if (to === undefined) return false;
  writeSubfield(fields, to, undefined);
  return true;
};

const clearConnection: Act = (_, { fields }) => {
  for (const name of ['ct_state', 'ct_zone', 'ct_mark', 'ct_label']) fields.set(name, 0n);
  return true;
};

const acts = new Map<string, Act>([
  ['drop', nothing],
  ['set_field', setField],
  ['load', setField],
  ['move', move],
  ['mod_vlan_vid', setVlan],
  ['set_vlan_vid', setVlan],
  ['mod_vlan_pcp', nothing],
  ['set_vlan_pcp', nothing],
  ['push_vlan', pushVlan],
  ['pop_vlan', popVlan],
  ['strip_vlan', popVlan],
  ['mod_dl_src', set('dl_src')],
  ['mod_dl_dst', set('dl_dst')],
  ['mod_nw_src', set('nw_src')],
  ['mod_nw_dst', set('nw_dst')],
  ['mod_tp_src', set('tp_src')],
  ['mod_tp_dst', set('tp_dst')],
  ['set_tunnel', set('tun_id')],
  ['set_tunnel64', set('tun_id')],
  ['push', push],
  ['pop', pop],
  ['check_pkt_larger', checkLarger],
  ['ct_clear', clearConnection],
  ...[
    ...['dec_ttl', 'mod_nw_tos', 'mod_nw_ecn', 'mod_nw_ttl', 'set_queue', 'pop_queue', 'learn', 'note', 'fin_timeout'],
    ...['meter', 'sample', 'conjunction', 'delete_learned', 'set_mpls_ttl', 'dec_mpls_ttl'],
  ].map((name) => [name, nothing] as const),
]);
