/**
 * Fields that rules match on and actions change (OpenFlow 1.5 §7.2.3, ovs-fields(7)): class, number, bytes, name on the
 * wire, name in ovs-ofctl's actions, name in its matches (- when there is none), how values are written, and what
 * Skydive calls it where that is not the name on the wire. A field that has several headers has the same second name.
 */
export type Kind =
  | 'dec'
  | 'hex'
  | 'mac'
  | 'ip4'
  | 'ip6'
  | 'eth'
  | 'ct'
  | 'tcp'
  | 'tun'
  | 'port'
  | 'frag'
  | 'label'
  | 'ptype'
  | 'dscp'
  | 'vid'
  | 'pcp';

export interface Field {
  /** By what it is found: see `keyOf`. */
  readonly key: string;
  readonly bytes: number;
  /** NXM_OF_ETH_SRC */
  readonly wire: string;
  /** eth_src */
  readonly name: string;
  /** dl_src */
  readonly match: string;
  readonly kind: Kind;
  /** What Skydive calls it. */
  readonly type: string;
}

export function fieldOf(key: string): Field | undefined {
  return byKey.get(key);
}

/** What ovs-ofctl calls it in actions: the oldest name there is. */
export function subfieldName(field: Field): string {
  return byName.get(field.name)?.wire ?? field.wire;
}

/** Class and number, and of a class of experimenters whose it is. */
export function keyOf(fieldClass: number, number: number, experimenter?: number): string {
  return experimenter === undefined ? `${fieldClass}.${number}` : `x${experimenter}.${number}`;
}

const table = `
0 0 2 NXM_OF_IN_PORT in_port in_port port
0 1 6 NXM_OF_ETH_DST eth_dst dl_dst mac
0 2 6 NXM_OF_ETH_SRC eth_src dl_src mac
0 3 2 NXM_OF_ETH_TYPE eth_type dl_type eth
0 4 2 NXM_OF_VLAN_TCI vlan_tci vlan_tci hex
0 5 1 NXM_OF_IP_TOS nw_tos nw_tos dec nw_tos
0 6 1 NXM_OF_IP_PROTO nw_proto nw_proto dec nw_proto
0 7 4 NXM_OF_IP_SRC ip_src nw_src ip4
0 8 4 NXM_OF_IP_DST ip_dst nw_dst ip4
0 9 2 NXM_OF_TCP_SRC tcp_src tp_src dec
0 10 2 NXM_OF_TCP_DST tcp_dst tp_dst dec
0 11 2 NXM_OF_UDP_SRC udp_src tp_src dec
0 12 2 NXM_OF_UDP_DST udp_dst tp_dst dec
0 13 1 NXM_OF_ICMP_TYPE icmp_type icmp_type dec
0 14 1 NXM_OF_ICMP_CODE icmp_code icmp_code dec
0 15 2 NXM_OF_ARP_OP arp_op arp_op dec
0 16 4 NXM_OF_ARP_SPA arp_spa arp_spa ip4
0 17 4 NXM_OF_ARP_TPA arp_tpa arp_tpa ip4
1 16 8 NXM_NX_TUN_ID tun_id tun_id hex
1 17 6 NXM_NX_ARP_SHA arp_sha arp_sha mac
1 18 6 NXM_NX_ARP_THA arp_tha arp_tha mac
1 19 16 NXM_NX_IPV6_SRC ipv6_src ipv6_src ip6
1 20 16 NXM_NX_IPV6_DST ipv6_dst ipv6_dst ip6
1 21 1 NXM_NX_ICMPV6_TYPE icmpv6_type icmp_type dec
1 22 1 NXM_NX_ICMPV6_CODE icmpv6_code icmp_code dec
1 23 16 NXM_NX_ND_TARGET nd_target nd_target ip6
1 24 6 NXM_NX_ND_SLL nd_sll nd_sll mac
1 25 6 NXM_NX_ND_TLL nd_tll nd_tll mac
1 26 1 NXM_NX_IP_FRAG ip_frag nw_frag frag
1 27 4 NXM_NX_IPV6_LABEL ipv6_label ipv6_label label
1 28 1 NXM_NX_IP_ECN nw_ecn nw_ecn dec nw_ecn
1 29 1 NXM_NX_IP_TTL nw_ttl nw_ttl dec nw_ttl
1 30 1 NXM_NX_MPLS_TTL mpls_ttl mpls_ttl dec
1 31 4 NXM_NX_TUN_IPV4_SRC tun_src tun_src ip4 tunnel_ipv4_src
1 32 4 NXM_NX_TUN_IPV4_DST tun_dst tun_dst ip4 tunnel_ipv4_dst
1 33 4 NXM_NX_PKT_MARK pkt_mark pkt_mark hex
1 34 2 NXM_NX_TCP_FLAGS tcp_flags tcp_flags tcp
1 35 4 NXM_NX_DP_HASH dp_hash dp_hash hex
1 36 4 NXM_NX_RECIRC_ID recirc_id recirc_id hex
1 37 4 NXM_NX_CONJ_ID conj_id conj_id dec
1 38 2 NXM_NX_TUN_GBP_ID tun_gbp_id tun_gbp_id dec
1 39 1 NXM_NX_TUN_GBP_FLAGS tun_gbp_flags tun_gbp_flags hex
1 104 2 NXM_NX_TUN_FLAGS tun_flags tun_flags tun
1 105 4 NXM_NX_CT_STATE ct_state ct_state ct conn_tracking_state
1 106 2 NXM_NX_CT_ZONE ct_zone ct_zone dec conn_tracking_zone
1 107 4 NXM_NX_CT_MARK ct_mark ct_mark hex conn_tracking_mark
1 108 16 NXM_NX_CT_LABEL ct_label ct_label hex conn_tracking_label
1 109 16 NXM_NX_TUN_IPV6_SRC tun_ipv6_src tun_ipv6_src ip6
1 110 16 NXM_NX_TUN_IPV6_DST tun_ipv6_dst tun_ipv6_dst ip6
1 119 1 NXM_NX_CT_NW_PROTO ct_nw_proto ct_nw_proto dec conn_tracking_nw_proto
1 120 4 NXM_NX_CT_NW_SRC ct_nw_src ct_nw_src ip4 conn_tracking_nw_src
1 121 4 NXM_NX_CT_NW_DST ct_nw_dst ct_nw_dst ip4 conn_tracking_nw_dst
1 122 16 NXM_NX_CT_IPV6_SRC ct_ipv6_src ct_ipv6_src ip6 conn_tracking_ipv6_src
1 123 16 NXM_NX_CT_IPV6_DST ct_ipv6_dst ct_ipv6_dst ip6 conn_tracking_ipv6_dst
1 124 2 NXM_NX_CT_TP_SRC ct_tp_src ct_tp_src dec conn_tracking_tp_src
1 125 2 NXM_NX_CT_TP_DST ct_tp_dst ct_tp_dst dec conn_tracking_tp_dst
32768 0 4 OXM_OF_IN_PORT in_port in_port port
32768 1 4 OXM_OF_IN_PHY_PORT in_phy_port in_phy_port port
32768 2 8 OXM_OF_METADATA metadata metadata hex
32768 3 6 OXM_OF_ETH_DST eth_dst dl_dst mac
32768 4 6 OXM_OF_ETH_SRC eth_src dl_src mac
32768 5 2 OXM_OF_ETH_TYPE eth_type dl_type eth
32768 6 2 OXM_OF_VLAN_VID vlan_vid dl_vlan vid
32768 7 1 OXM_OF_VLAN_PCP vlan_pcp dl_vlan_pcp pcp
32768 8 1 OXM_OF_IP_DSCP ip_dscp nw_tos dscp
32768 9 1 OXM_OF_IP_ECN nw_ecn nw_ecn dec
32768 10 1 OXM_OF_IP_PROTO nw_proto nw_proto dec
32768 11 4 OXM_OF_IPV4_SRC ip_src nw_src ip4
32768 12 4 OXM_OF_IPV4_DST ip_dst nw_dst ip4
32768 13 2 OXM_OF_TCP_SRC tcp_src tp_src dec
32768 14 2 OXM_OF_TCP_DST tcp_dst tp_dst dec
32768 15 2 OXM_OF_UDP_SRC udp_src tp_src dec
32768 16 2 OXM_OF_UDP_DST udp_dst tp_dst dec
32768 17 2 OXM_OF_SCTP_SRC sctp_src tp_src dec
32768 18 2 OXM_OF_SCTP_DST sctp_dst tp_dst dec
32768 19 1 OXM_OF_ICMPV4_TYPE icmp_type icmp_type dec
32768 20 1 OXM_OF_ICMPV4_CODE icmp_code icmp_code dec
32768 21 2 OXM_OF_ARP_OP arp_op arp_op dec
32768 22 4 OXM_OF_ARP_SPA arp_spa arp_spa ip4
32768 23 4 OXM_OF_ARP_TPA arp_tpa arp_tpa ip4
32768 24 6 OXM_OF_ARP_SHA arp_sha arp_sha mac
32768 25 6 OXM_OF_ARP_THA arp_tha arp_tha mac
32768 26 16 OXM_OF_IPV6_SRC ipv6_src ipv6_src ip6
32768 27 16 OXM_OF_IPV6_DST ipv6_dst ipv6_dst ip6
32768 28 4 OXM_OF_IPV6_FLABEL ipv6_label ipv6_label label
32768 29 1 OXM_OF_ICMPV6_TYPE icmpv6_type icmp_type dec
32768 30 1 OXM_OF_ICMPV6_CODE icmpv6_code icmp_code dec
32768 31 16 OXM_OF_IPV6_ND_TARGET nd_target nd_target ip6
32768 32 6 OXM_OF_IPV6_ND_SLL nd_sll nd_sll mac
32768 33 6 OXM_OF_IPV6_ND_TLL nd_tll nd_tll mac
32768 34 4 OXM_OF_MPLS_LABEL mpls_label mpls_label dec
32768 35 1 OXM_OF_MPLS_TC mpls_tc mpls_tc dec
32768 36 1 OXM_OF_MPLS_BOS mpls_bos mpls_bos dec
32768 37 3 OXM_OF_PBB_ISID pbb_isid pbb_isid hex
32768 38 8 OXM_OF_TUNNEL_ID tun_id tun_id hex
32768 39 2 OXM_OF_IPV6_EXTHDR ipv6_exthdr ipv6_exthdr hex
32768 41 1 OXM_OF_PBB_UCA pbb_uca pbb_uca dec
32768 42 2 OXM_OF_TCP_FLAGS tcp_flags tcp_flags tcp
32768 43 4 OXM_OF_ACTSET_OUTPUT actset_output actset_output port
32768 44 4 OXM_OF_PACKET_TYPE packet_type packet_type ptype
x1330529792 42 2 ONFOXM_ET_TCP_FLAGS tcp_flags tcp_flags tcp ovs_tcp_flags
x1330529792 43 4 ONFOXM_ET_ACTSET_OUTPUT actset_output actset_output port
x8992 0 4 NXOXM_ET_DP_HASH dp_hash dp_hash hex
x8992 11 4 NXOXM_ET_ERSPAN_IDX tun_erspan_idx tun_erspan_idx hex
x8992 12 1 NXOXM_ET_ERSPAN_VER tun_erspan_ver tun_erspan_ver dec
x8992 13 1 NXOXM_ET_ERSPAN_DIR tun_erspan_dir tun_erspan_dir dec
x8992 14 1 NXOXM_ET_ERSPAN_HWID tun_erspan_hwid tun_erspan_hwid hex
x8992 15 1 NXOXM_ET_GTPU_FLAGS tun_gtpu_flags tun_gtpu_flags hex
x8992 16 1 NXOXM_ET_GTPU_MSGTYPE tun_gtpu_msgtype tun_gtpu_msgtype dec
x5953104 1 1 NXOXM_NSH_FLAGS nsh_flags nsh_flags dec
x5953104 2 1 NXOXM_NSH_MDTYPE nsh_mdtype nsh_mdtype dec
x5953104 3 1 NXOXM_NSH_NP nsh_np nsh_np dec
x5953104 4 4 NXOXM_NSH_SPI nsh_spi nsh_spi hex
x5953104 5 1 NXOXM_NSH_SI nsh_si nsh_si dec
x5953104 6 4 NXOXM_NSH_C1 nsh_c1 nsh_c1 hex
x5953104 7 4 NXOXM_NSH_C2 nsh_c2 nsh_c2 hex
x5953104 8 4 NXOXM_NSH_C3 nsh_c3 nsh_c3 hex
x5953104 9 4 NXOXM_NSH_C4 nsh_c4 nsh_c4 hex
x5953104 10 1 NXOXM_NSH_TTL nsh_ttl nsh_ttl dec
x4096 1 4 ERICOXM_OF_ICMPV6_ND_RESERVED nd_reserved nd_reserved hex
x4096 2 1 ERICOXM_OF_ICMPV6_ND_OPTIONS_TYPE nd_options_type nd_options_type dec
`;

const prefix = /^(NXM_OF|NXM_NX|OXM_OF|ONFOXM_ET|NXOXM_ET|NXOXM|ERICOXM_OF|OXM)_/;

function* all(): Iterable<Field> {
  for (const line of table.trim().split('\n')) {
    const [ofClass = '', number = '', bytes, wire = '', name = '', match = '', kind, type] = line.split(' ');
    const key = `${ofClass}.${number}`;
    const said = type ?? wire.replace(prefix, '').toLowerCase();
    yield { key, bytes: Number(bytes), wire, name, match, kind: kind as Kind, type: said };
  }
  const register = (key: string, bytes: number, wire: string, name: string): Field => {
    return { key, bytes, wire, name, match: name, kind: 'hex', type: name };
  };
  for (let i = 0; i < 16; i++) yield register(keyOf(1, i), 4, `NXM_NX_REG${i}`, `reg${i}`);
  for (let i = 0; i < 64; i++) yield register(keyOf(1, 40 + i), 0, `NXM_NX_TUN_METADATA${i}`, `tun_metadata${i}`);
  for (let i = 0; i < 8; i++) yield register(keyOf(0x8001, i), 8, `OXM_OF_PKT_REG${i}`, `xreg${i}`);
  for (let i = 0; i < 4; i++) yield register(keyOf(1, 111 + i), 16, `NXM_NX_XXREG${i}`, `xxreg${i}`);
}

const byKey = new Map<string, Field>();
const byName = new Map<string, Field>();
for (const field of all()) {
  byKey.set(field.key, field);
  if (!byName.has(field.name)) byName.set(field.name, field);
}
