/** Actions of Open vSwitch beyond OpenFlow (ovs-actions(7); their layout is in Open vSwitch's lib/ofp-actions.c). */
import { hex, rawHex, whole } from './bytes.ts';
import { readController, readController2 } from './controller.ts';
import { readCt, readNat } from './ct.ts';
import { readDecap, readEncap } from './encap.ts';
import { readLearn } from './learn.ts';
import { type FieldName, filterOf, readHeader, readOxm } from './oxm.ts';
import { portText } from './port.ts';
import { action, type Said } from './said.ts';
import { setField } from './setfield.ts';
import { offsetAndBits, subfieldText, typeOf } from './subfield.ts';

export const NICIRA = 0x2320;

/** `nested` reads the actions that are inside of one. */
export type Nested = (bytes: Buffer) => Said[];

/** Undefined when it is not known, or too short to be what it says. `bytes`: the whole action, at least ten. */
export function readNicira(bytes: Buffer, nested: Nested): Said | undefined {
  const reader = readers[bytes.readUInt16BE(8)];
  return reader && bytes.length >= reader[0] ? reader[1](bytes, nested) : undefined;
}

type Reader = readonly [bytesMin: number, read: (bytes: Buffer, nested: Nested) => Said | undefined];

const u8 = (bytes: Buffer, at: number) => bytes.readUInt8(at);
const u16 = (bytes: Buffer, at: number) => bytes.readUInt16BE(at);
const u32 = (bytes: Buffer, at: number) => bytes.readUInt32BE(at);
const plain = (Type: string, text: string): Reader => [10, () => action(Type, text)];

const readers: Readonly<Record<number, Reader>> = {
  1: [16, (bytes) => resubmit(u16(bytes, 10))],
  2: [16, (bytes) => action('nx_set_tunnel', `set_tunnel:${hex(bytes.subarray(12, 16))}`, { Value: u32(bytes, 12) })],
  4: [16, (bytes) => action('nx_set_queue', `set_queue:${u32(bytes, 12)}`, { QueueId: u32(bytes, 12) })],
  5: plain('nx_pop_queue', 'pop_queue'),
  6: [24, move],
  7: [24, load],
  8: [10, note],
  9: [24, (bytes) => tunnel64(bytes.subarray(16, 24))],
  10: [32, multipath],
  12: [32, (bytes) => bundle('nx_bundle', bytes)],
  13: [32, (bytes) => bundle('nx_bundle_load_in_port', bytes)],
  14: [16, (bytes) => resubmitTable(u16(bytes, 10), u8(bytes, 12))],
  15: [24, (bytes) => outputField('nx_output_reg', bytes, 12, u16(bytes, 16))],
  16: [32, (bytes) => readLearn(bytes, 32)],
  17: plain('nx_exit', 'exit'),
  18: plain('nicira_dec_ttl', 'dec_ttl'),
  19: [16, finTimeout],
  20: [16, readController],
  21: [16, ttlToControllers],
  22: [32, writeMetadata],
  23: [16, (bytes) => mplsType('push_mpls', u16(bytes, 10))],
  24: [16, (bytes) => mplsType('pop_mpls', u16(bytes, 10))],
  25: [16, (bytes) => inParentheses('set_mpls_ttl', u8(bytes, 10))],
  26: plain('nx_dec_mpls_ttl', 'dec_mpls_ttl'),
  27: [20, (bytes) => stack('push', bytes)],
  28: [20, (bytes) => stack('pop', bytes)],
  29: [24, (bytes) => sample('nx_sample', bytes)],
  30: [16, (bytes) => inParentheses('set_mpls_label', u32(bytes, 12))],
  31: [16, (bytes) => inParentheses('set_mpls_tc', u8(bytes, 10))],
  32: [24, (bytes) => outputField('nx_output_reg2', bytes, 14, u16(bytes, 12))],
  33: [24, load2],
  34: [16, conjunction],
  35: [24, readCt],
  36: [16, readNat],
  37: [16, readController2],
  38: [32, (bytes) => sample('nx_sample2', bytes)],
  39: [16, outputTrunc],
  40: [16, (bytes) => action('nx_group', `group:${u32(bytes, 12)}`, { Value: u32(bytes, 12) })],
  41: [32, (bytes) => sample('nx_sample3', bytes)],
  42: [16, clone],
  43: plain('nx_ct_clear', 'ct_clear'),
  44: [16, (bytes) => resubmitCt(u16(bytes, 10), u8(bytes, 12))],
  45: [40, (bytes) => readLearn(bytes, 40)],
  46: [16, readEncap],
  47: [16, readDecap],
  48: plain('nx_dec_nsh_ttl', 'dec_nsh_ttl'),
  49: [24, checkLarger],
  50: [16, deleteField],
};

/** Stands for the port it came by. */
const IN_PORT = 0xfff8;
const resubmitPort = (port: number) => (port === IN_PORT ? '' : portText(port, 16));

/** To the same table again. */
function resubmit(Value: number): Said {
  return action('nx_resubmit', `resubmit:${portText(Value, 16)}`, { Value });
}

/** Table 255 is the same one. */
function resubmitTable(InPort: number, Table: number): Said {
  const text = Table === 255 ? `resubmit:${portText(InPort, 16)}` : `resubmit(${resubmitPort(InPort)},${Table})`;
  return action('resubmit', text, { InPort, Table });
}

function resubmitCt(InPort: number, Table: number): Said {
  const text = `resubmit(${resubmitPort(InPort)},${Table === 255 ? '' : Table},ct)`;
  return action('nx_resubmit_table_ct', text, { InPort, Table });
}

function move(bytes: Buffer): Said | undefined {
  const [NBits, SrcOfs, DstOfs] = [u16(bytes, 10), u16(bytes, 12), u16(bytes, 14)];
  const src = readHeader(bytes, 16);
  const dst = src && readHeader(bytes, 16 + src.header.length);
  if (!src || !dst) return undefined;
  const text = `move:${subfieldText(src, SrcOfs, NBits)}->${subfieldText(dst, DstOfs, NBits)}`;
  return action('nx_reg_move', text, { NBits, Src: typeOf(src), SrcOfs, Dst: typeOf(dst), DstOfs });
}

function load(bytes: Buffer): Said | undefined {
  const [Offset, NBits] = offsetAndBits(u16(bytes, 10));
  const dst = readHeader(bytes, 12);
  if (!dst) return undefined;
  const value = bytes.subarray(16, 24);
  const text = `load:${hex(value)}->${subfieldText(dst, Offset, NBits)}`;
  return action('nx_reg_load', text, { OfsNbits: u16(bytes, 10), SrcField: typeOf(dst), Value: whole(value) });
}

function load2(bytes: Buffer): Said | undefined {
  const said = setField(bytes, 16);
  const oxm = readOxm(bytes, 16);
  return said && oxm && action('nx_reg_load2', said.text, { Field: filterOf(oxm) });
}

function note(bytes: Buffer): Said {
  const text = rawHex(bytes.subarray(10)).replace(/(..)(?=.)/g, '$1.');
  return action('nx_note', `note:${text}`, { Note: bytes.subarray(10).toString('base64') });
}

function tunnel64(value: Buffer): Said {
  return action('nx_set_tunnel64', `set_tunnel64:${hex(value)}`, { Value: whole(value) });
}

const hashed: Readonly<Record<number, string>> = {
  0: 'eth_src',
  1: 'symmetric_l4',
  2: 'symmetric_l3l4',
  3: 'symmetric_l3l4+udp',
  4: 'nw_src',
  5: 'nw_dst',
  6: 'symmetric_l3',
};
const multipaths = ['modulo_n', 'hash_threshold', 'hrw', 'iter_hash'];
const bundles = ['active_backup', 'hrw'];

function multipath(bytes: Buffer): Said | undefined {
  const dst = readHeader(bytes, 28);
  if (!dst) return undefined;
  const [Fields, Basis, Algorithm] = [hashed[u16(bytes, 10)] ?? u16(bytes, 10), u16(bytes, 12), u16(bytes, 16)];
  const [MaxLink, Arg] = [u16(bytes, 18), u32(bytes, 20)];
  const [Offset, NBits] = offsetAndBits(u16(bytes, 26));
  const name = multipaths[Algorithm] ?? String(Algorithm);
  const text = `multipath(${Fields},${Basis},${name},${MaxLink + 1},${Arg},${subfieldText(dst, Offset, NBits)})`;
  return action('nx_multipath', text, {
    ...{ Fields, Basis, Algorithm: name, MaxLink, Arg },
    ...{ Dst: typeOf(dst), OfsNbits: u16(bytes, 26) },
  });
}

function bundle(Type: string, bytes: Buffer): Said | undefined {
  const count = u16(bytes, 20);
  if (32 + count * 2 > bytes.length) return undefined;
  const Ports = Array.from({ length: count }, (_, i) => u16(bytes, 32 + i * 2));
  const Algorithm = bundles[u16(bytes, 10)] ?? String(u16(bytes, 10));
  const [Fields, Basis] = [hashed[u16(bytes, 12)] ?? u16(bytes, 12), u16(bytes, 14)];
  const dst = Type === 'nx_bundle_load_in_port' ? readHeader(bytes, 24) : undefined;
  const [Offset, NBits] = offsetAndBits(u16(bytes, 22));
  const into = dst ? `,${subfieldText(dst, Offset, NBits)}` : '';
  const ports = Ports.map((port) => portText(port, 16)).join(',');
  const text = `${dst ? 'bundle_load' : 'bundle'}(${Fields},${Basis},${Algorithm},ofport${into},members:${ports})`;
  return action(Type, text, {
    ...{ Algorithm, Basis, Fields, Dst: dst ? typeOf(dst) : '', OfsNbits: u16(bytes, 22) },
    ...{ InPorts: Ports.map((Port) => ({ Port })), NSlaves: count, SlaveType: 'in_port' },
  });
}

function outputField(Type: string, bytes: Buffer, at: number, MaxLen: number): Said | undefined {
  const [Offset, NBits] = offsetAndBits(u16(bytes, 10));
  const src = readHeader(bytes, at);
  if (!src) return undefined;
  return action(Type, `output:${subfieldText(src, Offset, NBits)}`, {
    Src: typeOf(src),
    OfsNbits: u16(bytes, 10),
    MaxLen,
  });
}

function finTimeout(bytes: Buffer): Said {
  const [IdleTimeout, HardTimeout] = [u16(bytes, 10), u16(bytes, 12)];
  const words = [
    ...(IdleTimeout ? [`idle_timeout=${IdleTimeout}`] : []),
    ...(HardTimeout ? [`hard_timeout=${HardTimeout}`] : []),
  ];
  const given = { FinIdleTimeout: IdleTimeout, FinHardTimeout: HardTimeout };
  return action('nx_fin_timeout', `fin_timeout(${words.join(',')})`, given);
}

function ttlToControllers(bytes: Buffer): Said | undefined {
  const count = u16(bytes, 10);
  if (16 + count * 2 > bytes.length) return undefined;
  const Ids = Array.from({ length: count }, (_, i) => u16(bytes, 16 + i * 2));
  return action('nx_dec_ttl_cnt_ids', `dec_ttl(${Ids.join(',')})`, { NControllers: count, Controllers: Ids });
}

function writeMetadata(bytes: Buffer): Said {
  const [value, mask] = [bytes.subarray(16, 24), bytes.subarray(24, 32)];
  const text = mask.every((byte) => byte === 0xff) ? hex(value) : `${hex(value)}/${hex(mask)}`;
  return action('nx_write_metadata', `write_metadata:${text}`, { Metadata: whole(value), Mask: whole(mask) });
}

function mplsType(name: string, Value: number): Said {
  return action(`nx_${name}`, `${name}:0x${Value.toString(16).padStart(4, '0')}`, { Value });
}

function inParentheses(name: string, Value: number): Said {
  return action(`nx_${name}`, `${name}(${Value})`, { Value });
}

function stack(name: 'push' | 'pop', bytes: Buffer): Said | undefined {
  const Offset = u16(bytes, 10);
  const field = readHeader(bytes, 12);
  const at = 12 + (field?.header.length ?? 0);
  if (!field || at + 2 > bytes.length) return undefined;
  const NBits = u16(bytes, at);
  const text = `${name}:${subfieldText(field, Offset, NBits)}`;
  return action(`nx_stack_${name}`, text, { Field: typeOf(field), Offset, NBits });
}

function sample(Type: string, bytes: Buffer): Said {
  const [Probability, CollectorSetId] = [u16(bytes, 10), u32(bytes, 12)];
  const [ObsDomainId, ObsPointId] = [u32(bytes, 16), u32(bytes, 20)];
  const later = Type === 'nx_sample' ? undefined : { SamplingPort: u16(bytes, 24), Direction: u8(bytes, 26) };
  const words = [
    `probability=${Probability},collector_set_id=${CollectorSetId}`,
    `obs_domain_id=${ObsDomainId},obs_point_id=${ObsPointId}`,
    ...(later && later.SamplingPort !== 0xffff ? [`sampling_port=${portText(later.SamplingPort, 16)}`] : []),
    ...(later?.Direction ? [later.Direction === 1 ? 'ingress' : 'egress'] : []),
  ];
  return action(Type, `sample(${words.join(',')})`, { Probability, CollectorSetId, ObsDomainId, ObsPointId, ...later });
}

function conjunction(bytes: Buffer): Said {
  const [Clause, NClauses, Id] = [u8(bytes, 10), u8(bytes, 11), u32(bytes, 12)];
  const text = `conjunction(${Id},${Clause + 1}/${NClauses})`;
  return action('nx_conjunction', text, { Clause, NClauses, Id });
}

function outputTrunc(bytes: Buffer): Said {
  const [Port, MaxLen] = [u16(bytes, 10), u32(bytes, 12)];
  const text = `output(port=${portText(Port, 16)},max_len=${MaxLen})`;
  return action('nx_output_trunc', text, { Port, MaxLen });
}

function clone(bytes: Buffer, nested: Nested): Said {
  const inner = nested(bytes.subarray(16));
  const text = `clone(${inner.map((one) => one.text).join(',')})`;
  return action('nx_clone', text, { Actions: inner.map(({ word }) => word) });
}

function checkLarger(bytes: Buffer): Said | undefined {
  const [PktLen, Offset] = [u16(bytes, 10), u16(bytes, 12)];
  const dst: FieldName | undefined = readHeader(bytes, 14);
  if (!dst) return undefined;
  const text = `check_pkt_larger(${PktLen})->${subfieldText(dst, Offset, 1)}`;
  return action('nx_check_pkt_larger', text, { PktLen, Dst: typeOf(dst), Offset });
}

function deleteField(bytes: Buffer): Said | undefined {
  const field = readHeader(bytes, 10);
  return (
    field && action('nx_delete_field', `delete_field:${field.field?.name ?? typeOf(field)}`, { Field: typeOf(field) })
  );
}
