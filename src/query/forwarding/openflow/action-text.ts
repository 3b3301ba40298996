/** Actions of buckets are told as objects alone: here they become what ovs-ofctl(8) would write. */
import type { Metadata, Value } from '../../../graph/element.ts';
import { objectsIn } from '../../routing.ts';

/** `load:0x1->reg0[],output:2`. What is not known here stands there by its type, which nothing can be done with. */
export function actionTexts(actions: Value | undefined): string {
  return objectsIn(actions).map(textOf).join(',');
}

function textOf({ Type, Arguments }: Metadata): string {
  const given = typeof Arguments === 'object' && Arguments !== null && !Array.isArray(Arguments) ? Arguments : {};
  return (writers.get(String(Type)) ?? plain(String(Type)))(given as Metadata);
}

type Writer = (given: Metadata) => string;

const plain = (text: string) => () => text;
const colon = (name: string, argument: string) => (given: Metadata) => `${name}:${given[argument]}`;

/** IN_PORT: the port it came by. */
const resubmit: Writer = ({ InPort, Table }) => `resubmit(${port(InPort)},${Table === 255 ? '' : (Table ?? '')})`;
const port = (value: Value | undefined) => (value === undefined || value === 65_528 ? '' : String(value));

const setField: Writer = ({ Field }) => {
  const { Type, Value: value, Mask } = (Field ?? {}) as Metadata;
  return `set_field:${value}${Mask === undefined ? '' : `/${Mask}`}->${nameOf(String(Type).replace(/_masked$/, ''))}`;
};

const load: Writer = ({ OfsNbits, SrcField, Value: value }) => `load:${value}->${packed(SrcField, OfsNbits)}`;

const move: Writer = ({ NBits, Src, SrcOfs, Dst, DstOfs }) =>
  `move:${bits(Src, SrcOfs, Number(NBits))}->${bits(Dst, DstOfs, Number(NBits))}`;

const stack =
  (name: string): Writer =>
  ({ Field, Offset, NBits }) =>
    `${name}:${bits(Field, Offset, Number(NBits))}`;

/** As the rules have it, with nothing that says where the zone comes from left out. */
const ct: Writer = ({ Flags, RecircTable, Value: value, ZoneSrc, Actions }) => {
  const inner = objectsIn(Actions);
  const { Commit, Force } = (Flags ?? {}) as Metadata;
  const words = [
    ...(Commit ? ['commit'] : []),
    ...(Force ? ['force'] : []),
    ...(RecircTable === 255 || RecircTable === undefined ? [] : [`table=${RecircTable}`]),
    ...(ZoneSrc ? [`zone=${packed(ZoneSrc, value)}`] : value ? [`zone=${value}`] : []),
    ...inner.filter(({ Type }) => Type === 'nx_nat').map(nat),
    ...exec(inner.filter(({ Type }) => Type !== 'nx_nat')),
  ];
  return `ct(${words.join(',')})`;
};

function exec(actions: readonly Metadata[]): string[] {
  return actions.length === 0 ? [] : [`exec(${actions.map(textOf).join(',')})`];
}

function nat({ Arguments }: Metadata): string {
  const { Flags, Ipv4Min, Ipv4Max, Ipv6Min, Ipv6Max, ProtoMin, ProtoMax } = (Arguments ?? {}) as Metadata;
  const side = Number(Flags) & 1 ? 'src' : Number(Flags) & 2 ? 'dst' : undefined;
  if (side === undefined) return 'nat';
  const isFour = Boolean(Ipv4Min);
  const wrapped = (address: Value | undefined) => (isFour || !ProtoMin ? String(address) : `[${address}]`);
  const [first, last] = isFour ? [Ipv4Min, Ipv4Max] : [Ipv6Min, Ipv6Max];
  const addresses = first ? `${wrapped(first)}${last ? `-${wrapped(last)}` : ''}` : '';
  const ports = ProtoMin ? `:${ProtoMin}${ProtoMax ? `-${ProtoMax}` : ''}` : '';
  return addresses + ports === '' ? `nat(${side})` : `nat(${side}=${addresses}${ports})`;
}

/** An offset and a number of bits less one in one number (nicira-ext.h, "ofs_nbits"). */
function packed(field: Value | undefined, word: Value | undefined): string {
  return bits(field, Number(word) >> 6, (Number(word) & 0x3f) + 1);
}

function bits(field: Value | undefined, offset: Value | undefined, count: number): string {
  const from = Number(offset ?? 0);
  return `${nameOf(String(field))}[${from}..${from + count - 1}]`;
}

/** Names of ovs-fields(7), where Skydive has others. */
function nameOf(type: string): string {
  return type
    .replace(/^conn_tracking_/, 'ct_')
    .replace(/^tunnel_ipv4_/, 'tun_')
    .replace(/^ipv6_nd_/, 'nd_')
    .replace(/^ipv6_flabel$/, 'ipv6_label');
}

const writers = new Map<string, Writer>([
  ['output', ({ Port }) => `output:${Port}`],
  ['nx_output_reg', ({ Src, OfsNbits }) => `output:${packed(Src, OfsNbits)}`],
  ['nx_output_reg2', ({ Src, OfsNbits }) => `output:${packed(Src, OfsNbits)}`],
  ['nx_output_trunc', ({ Port, MaxLen }) => `output(port=${Port},max_len=${MaxLen})`],
  ['enqueue', ({ Port, QueueId }) => `enqueue:${Port}:${QueueId}`],
  ['resubmit', resubmit],
  ['nx_resubmit', ({ Value: value }) => `resubmit:${value}`],
  ['nx_resubmit_table_ct', (given) => `${resubmit(given).slice(0, -1)},ct)`],
  ['group', colon('group', 'GroupId')],
  ['nx_group', colon('group', 'Value')],
  ['set_field', setField],
  ['nx_reg_load2', setField],
  ['nx_reg_load', load],
  ['nx_reg_move', move],
  ['copy_field', move],
  ['nx_stack_push', stack('push')],
  ['nx_stack_pop', stack('pop')],
  ['nx_ct', ct],
  ['nx_ct_clear', plain('ct_clear')],
  ['nx_clone', ({ Actions }) => `clone(${actionTexts(Actions)})`],
  ['push_vlan', colon('push_vlan', 'Ethertype')],
  ['set_vlan_vid', colon('mod_vlan_vid', 'VlanVid')],
  ['set_vlan_pcp', colon('mod_vlan_pcp', 'VlanPcp')],
  ['set_dl_src', colon('mod_dl_src', 'Addr')],
  ['set_dl_dst', colon('mod_dl_dst', 'Addr')],
  ['set_nw_src', colon('mod_nw_src', 'Addr')],
  ['set_nw_dst', colon('mod_nw_dst', 'Addr')],
  ['set_nw_tos', colon('mod_nw_tos', 'NwTos')],
  ['set_tp_src', colon('mod_tp_src', 'TpPort')],
  ['set_tp_dst', colon('mod_tp_dst', 'TpPort')],
  ['nx_set_tunnel', colon('set_tunnel', 'Value')],
  ['nx_set_tunnel64', colon('set_tunnel64', 'Value')],
  ['set_queue', colon('set_queue', 'QueueId')],
  ['nx_set_queue', colon('set_queue', 'QueueId')],
  ['nx_pop_queue', plain('pop_queue')],
  ['meter', colon('meter', 'MeterId')],
  ['set_nw_ttl', colon('mod_nw_ttl', 'NwTtl')],
  ['dec_nw_ttl', plain('dec_ttl')],
  ['nicira_dec_ttl', plain('dec_ttl')],
  ['nx_dec_ttl_cnt_ids', plain('dec_ttl')],
  ['nx_dec_mpls_ttl', plain('dec_mpls_ttl')],
  ['nx_learn', plain('learn')],
  ['nx_note', plain('note')],
  ['nx_sample', plain('sample')],
  ['nx_sample2', plain('sample')],
  ['nx_sample3', plain('sample')],
  ['nx_fin_timeout', plain('fin_timeout')],
  ['nx_exit', plain('exit')],
  ['nx_controller', plain('controller')],
  ['nx_controller2', plain('controller')],
  ['nx_check_pkt_larger', ({ Dst, Offset }) => `check_pkt_larger(0)->${bits(Dst, Offset, 1)}`],
]);
