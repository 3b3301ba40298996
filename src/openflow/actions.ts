/** Lists of actions (OpenFlow 1.0 §5.2.4, 1.5 §7.2.6). What nobody told us of, or is cut, is shown as its bytes. */
import { ip4, mac, rawHex } from './bytes.ts';
import { NICIRA, readNicira } from './nicira.ts';
import { readHeader } from './oxm.ts';
import { portText } from './port.ts';
import { action, type Said } from './said.ts';
import { setField } from './setfield.ts';
import { subfieldText, typeOf } from './subfield.ts';

/** Actions in actions: each of ct and clone may hold some. */
const DEPTH_MAX = 8;

export function readActions(bytes: Buffer, version: number, depth = 0): Said[] {
  const all: Said[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = at + 4 <= bytes.length ? bytes.readUInt16BE(at + 2) : 0;
    if (length < 4 || at + length > bytes.length || depth > DEPTH_MAX) {
      all.push(unknown(bytes.subarray(at)));
      break;
    }
    all.push(readAction(bytes.subarray(at, at + length), version, depth));
    at += length;
  }
  return all;
}

/** Nothing to do is to drop. */
export function actionsText(actions: readonly Said[]): string {
  return actions.length === 0 ? 'drop' : actions.map(({ text }) => text).join(',');
}

function unknown(bytes: Buffer): Said {
  return action('unknown', `unknown(${rawHex(bytes)})`, { Raw: rawHex(bytes) });
}

const VENDOR = 0xffff;
/** What OpenFlow 1.5 has, before it (ONF extension 320). */
const [ONF, ONF_COPY_FIELD] = [0x4f4e_4600, 3200];

function readAction(bytes: Buffer, version: number, depth: number): Said {
  const type = bytes.readUInt16BE(0);
  const nested = (inner: Buffer) => readActions(inner, version, depth + 1);
  if (type === VENDOR) {
    const isNicira = bytes.length >= 10 && bytes.readUInt32BE(4) === NICIRA;
    const isCopy = bytes.length >= 28 && bytes.readUInt32BE(4) === ONF && bytes.readUInt16BE(8) === ONF_COPY_FIELD;
    if (isCopy) return copyField(bytes, 12) ?? unknown(bytes);
    return (isNicira ? readNicira(bytes, nested) : undefined) ?? unknown(bytes);
  }
  const reader = version === 1 ? first[type] : (later[type] ?? (version === 2 ? second[type] : undefined));
  if (!reader || bytes.length < reader[0]) return unknown(bytes);
  return reader[1](bytes) ?? unknown(bytes);
}

type Reader = readonly [bytesMin: number, read: (bytes: Buffer) => Said | undefined];

/** A number at 4. */
const number =
  (Type: string, name: string, size: 1 | 2 | 4, argument: string) =>
  (bytes: Buffer): Said => {
    const value = bytes.readUIntBE(4, size);
    return action(Type, `${name}:${value}`, { [argument]: value });
  };
const ethertype =
  (Type: string) =>
  (bytes: Buffer): Said => {
    const Ethertype = bytes.readUInt16BE(4);
    return action(Type, `${Type}:0x${Ethertype.toString(16).padStart(4, '0')}`, { Ethertype });
  };
const plain =
  (Type: string, text = Type) =>
  (): Said =>
    action(Type, text);
const address = (Type: string, name: string, size: 4 | 6) => (bytes: Buffer) => {
  const Addr = (size === 4 ? ip4 : mac)(bytes.subarray(4, 4 + size));
  return action(Type, `${name}:${Addr}`, { Addr });
};

function output(Port: number, MaxLen: number, bits: 16 | 32): Said {
  const name = portText(Port, bits);
  const text = { CONTROLLER: `CONTROLLER:${MaxLen}` }[name] ?? (/^\d/.test(name) ? `output:${name}` : name);
  return action('output', text, { Port, MaxLen });
}

const sets = {
  vlanVid: number('set_vlan_vid', 'mod_vlan_vid', 2, 'VlanVid'),
  vlanPcp: number('set_vlan_pcp', 'mod_vlan_pcp', 1, 'VlanPcp'),
  nwTos: number('set_nw_tos', 'mod_nw_tos', 1, 'NwTos'),
  tpSrc: number('set_tp_src', 'mod_tp_src', 2, 'TpPort'),
  tpDst: number('set_tp_dst', 'mod_tp_dst', 2, 'TpPort'),
  dlSrc: address('set_dl_src', 'mod_dl_src', 6),
  dlDst: address('set_dl_dst', 'mod_dl_dst', 6),
  nwSrc: address('set_nw_src', 'mod_nw_src', 4),
  nwDst: address('set_nw_dst', 'mod_nw_dst', 4),
};

/** OpenFlow 1.0. */
const first: Readonly<Record<number, Reader>> = {
  0: [8, (bytes) => output(bytes.readUInt16BE(4), bytes.readUInt16BE(6), 16)],
  1: [8, sets.vlanVid],
  2: [8, sets.vlanPcp],
  3: [8, plain('strip_vlan')],
  4: [16, sets.dlSrc],
  5: [16, sets.dlDst],
  6: [8, sets.nwSrc],
  7: [8, sets.nwDst],
  8: [8, sets.nwTos],
  9: [8, sets.tpSrc],
  10: [8, sets.tpDst],
  11: [
    16,
    (bytes) => {
      const [Port, QueueId] = [bytes.readUInt16BE(4), bytes.readUInt32BE(12)];
      return action('enqueue', `enqueue:${portText(Port, 16)}:${QueueId}`, { Port, QueueId });
    },
  ],
};

/** OpenFlow 1.1 alone, which had no fields to set. */
const second: Readonly<Record<number, Reader>> = {
  1: [8, number('set_vlan_vid', 'set_vlan_vid', 2, 'VlanVid')],
  2: [8, number('set_vlan_pcp', 'set_vlan_pcp', 1, 'VlanPcp')],
  3: [16, sets.dlSrc],
  4: [16, sets.dlDst],
  5: [8, sets.nwSrc],
  6: [8, sets.nwDst],
  7: [8, sets.nwTos],
  8: [8, number('set_nw_ecn', 'mod_nw_ecn', 1, 'NwEcn')],
  9: [8, sets.tpSrc],
  10: [8, sets.tpDst],
  13: [8, number('set_mpls_label', 'set_mpls_label', 4, 'MplsLabel')],
  14: [8, number('set_mpls_tc', 'set_mpls_tc', 1, 'MplsTc')],
};

const later: Readonly<Record<number, Reader>> = {
  0: [16, (bytes) => output(bytes.readUInt32BE(4), bytes.readUInt16BE(8), 32)],
  11: [8, plain('copy_ttl_out')],
  12: [8, plain('copy_ttl_in')],
  15: [
    8,
    (bytes) => {
      const MplsTtl = bytes.readUInt8(4);
      return action('set_mpls_ttl', `set_mpls_ttl(${MplsTtl})`, { MplsTtl });
    },
  ],
  16: [8, plain('dec_mpls_ttl')],
  17: [8, ethertype('push_vlan')],
  18: [8, plain('pop_vlan')],
  19: [8, ethertype('push_mpls')],
  20: [8, ethertype('pop_mpls')],
  21: [8, number('set_queue', 'set_queue', 4, 'QueueId')],
  22: [8, number('group', 'group', 4, 'GroupId')],
  23: [8, number('set_nw_ttl', 'mod_nw_ttl', 1, 'NwTtl')],
  24: [8, plain('dec_nw_ttl', 'dec_ttl')],
  25: [8, (bytes) => setField(bytes, 4)],
  26: [8, ethertype('push_pbb')],
  27: [8, plain('pop_pbb')],
  28: [20, (bytes) => copyField(bytes, 4)],
  29: [8, number('meter', 'meter', 4, 'MeterId')],
};

/** `at`: where the number of its bits is. */
function copyField(bytes: Buffer, at: number): Said | undefined {
  const [NBits, SrcOfs, DstOfs] = [bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2), bytes.readUInt16BE(at + 4)];
  const src = readHeader(bytes, at + 8);
  const dst = src && readHeader(bytes, at + 8 + src.header.length);
  if (!src || !dst) return undefined;
  const text = `move:${subfieldText(src, SrcOfs, NBits)}->${subfieldText(dst, DstOfs, NBits)}`;
  return action('copy_field', text, { NBits, Src: typeOf(src), SrcOfs, Dst: typeOf(dst), DstOfs });
}
