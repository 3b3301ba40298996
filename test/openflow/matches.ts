/** Matches as ovs-ofctl(8) takes them, and the data that stands for them in the graph. */
import type { Json } from '../../src/openflow/said.ts';

export const matchesAsJson: readonly (readonly [match: string, filters: Json])[] = [
  [
    'in_port=1,ip',
    [
      { Type: 'in_port', Value: 1 },
      { Type: 'eth_type', Value: 'ip' },
    ],
  ],
  ['in_port=LOCAL', [{ Type: 'in_port', Value: 4294967294 }]],
  [
    'reg0=5,reg1=0x10/0xf0',
    [
      { Type: 'reg0', Value: 5 },
      { Type: 'reg1_masked', Value: 16, Mask: 240 },
    ],
  ],
  [
    'xxreg1=0x10000000000000002',
    [
      { Type: 'reg4', Value: 0 },
      { Type: 'reg5', Value: 1 },
      { Type: 'reg6', Value: 0 },
      { Type: 'reg7', Value: 2 },
    ],
  ],
  ['metadata=7/0xff', [{ Type: 'metadata_masked', Value: 7, Mask: 255 }]],
  ['vlan_tci=0x1000/0x1000', [{ Type: 'vlan_vid_masked', Value: 4096, Mask: 4096 }]],
  ['vlan_tci=0', [{ Type: 'vlan_vid', Value: 0 }]],
  [
    'dl_vlan=10,dl_vlan_pcp=3',
    [
      { Type: 'vlan_vid', Value: 4106 },
      { Type: 'vlan_pcp', Value: 3 },
    ],
  ],
  [
    'dl_src=02:00:00:00:00:01/ff:ff:00:00:00:00',
    [{ Type: 'eth_src_masked', Value: '02:00:00:00:00:00', Mask: 'ff:ff:00:00:00:00' }],
  ],
  ['tun_id=9', [{ Type: 'tunnel_id', Value: 9 }]],
  [
    'tun_id=9/0xff,tun_src=1.2.3.0/24,tun_dst=5.6.7.8',
    [
      { Type: 'tunnel_id_masked', Value: 9, Mask: 255 },
      { Type: 'tunnel_ipv4_src_masked', Value: '1.2.3.0', Mask: '255.255.255.0' },
      { Type: 'tunnel_ipv4_dst', Value: '5.6.7.8' },
    ],
  ],
  [
    'tun_ipv6_src=2001:db8::1,tun_flags=+oam',
    [
      { Type: 'tun_flags_masked', Value: 1, Mask: 1 },
      { Type: 'tun_ipv6_src', Value: '2001:db8::1' },
    ],
  ],
  [
    'tun_gbp_id=3,tun_gbp_flags=1',
    [
      { Type: 'tun_gbp_id', Value: 3 },
      { Type: 'tun_gbp_flags', Value: 1 },
    ],
  ],
  [
    'ct_state=+trk+est-inv,ct_zone=5,ct_mark=1/0xf,ct_label=0x12340000000000000001',
    [
      {
        Type: 'conn_tracking_state_masked',
        Value: { Established: true, Tracked: true },
        Mask: { Established: true, Invalid: true, Tracked: true },
      },
      { Type: 'conn_tracking_zone', Value: 5 },
      { Type: 'conn_tracking_mark_masked', Value: 1, Mask: 15 },
      { Type: 'conn_tracking_label', Value: { Hi: 4660, Lo: 1 } },
    ],
  ],
  [
    'ct_state=+rpl+snat-dnat+new-rel+trk',
    [
      {
        Type: 'conn_tracking_state_masked',
        Value: { New: true, ReplyDir: true, Tracked: true, SrcNat: true },
        Mask: { New: true, Related: true, ReplyDir: true, Tracked: true, SrcNat: true, DstNat: true },
      },
    ],
  ],
  [
    'ct_state=+trk+est,ip,ct_nw_src=10.0.0.0/8,ct_nw_dst=10.0.0.1,ct_nw_proto=6,ct_tp_src=1,ct_tp_dst=2',
    [
      { Type: 'eth_type', Value: 'ip' },
      {
        Type: 'conn_tracking_state_masked',
        Value: { Established: true, Tracked: true },
        Mask: { Established: true, Tracked: true },
      },
      { Type: 'conn_tracking_nw_src_masked', Value: '10.0.0.0', Mask: '255.0.0.0' },
      { Type: 'conn_tracking_nw_dst', Value: '10.0.0.1' },
      { Type: 'conn_tracking_nw_proto', Value: 6 },
      { Type: 'conn_tracking_tp_src', Value: 1 },
      { Type: 'conn_tracking_tp_dst', Value: 2 },
    ],
  ],
  ['ct_label=1/0xff', [{ Type: 'conn_tracking_label_masked', Value: { Hi: 0, Lo: 1 }, Mask: { Hi: 0, Lo: 255 } }]],
  ['pkt_mark=3', [{ Type: 'pkt_mark', Value: 3 }]],
  ['conj_id=7', [{ Type: 'conj_id', Value: 7 }]],
  [
    'arp,arp_op=1,arp_spa=10.0.0.1,arp_tpa=10.0.0.0/24,arp_sha=02:00:00:00:00:01,arp_tha=02:00:00:00:00:02',
    [
      { Type: 'eth_type', Value: 'arp' },
      { Type: 'arp_op', Value: 1 },
      { Type: 'arp_spa', Value: '10.0.0.1' },
      { Type: 'arp_tpa_masked', Value: '10.0.0.0', Mask: '255.255.255.0' },
      { Type: 'arp_sha', Value: '02:00:00:00:00:01' },
      { Type: 'arp_tha', Value: '02:00:00:00:00:02' },
    ],
  ],
  [
    'icmp,icmp_type=8,icmp_code=0',
    [
      { Type: 'eth_type', Value: 'ip' },
      { Type: 'ip_proto', Value: 1 },
      { Type: 'icmpv4_type', Value: 8 },
      { Type: 'icmpv4_code', Value: 0 },
    ],
  ],
  [
    'icmp6,icmp_type=135,nd_target=fe80::1,nd_sll=02:00:00:00:00:01',
    [
      { Type: 'eth_type', Value: 'ipv6' },
      { Type: 'ip_proto', Value: 58 },
      { Type: 'icmpv6_type', Value: 135 },
      { Type: 'ipv6_nd_target', Value: 'fe80::1' },
      { Type: 'ipv6_nd_sll', Value: '02:00:00:00:00:01' },
    ],
  ],
  [
    'icmp6,icmp_type=136,nd_target=fe80::/64,nd_tll=02:00:00:00:00:01',
    [
      { Type: 'eth_type', Value: 'ipv6' },
      { Type: 'ip_proto', Value: 58 },
      { Type: 'icmpv6_type', Value: 136 },
      { Type: 'ipv6_nd_target_masked', Value: 'fe80::', Mask: 'ffff:ffff:ffff:ffff::' },
      { Type: 'ipv6_nd_tll', Value: '02:00:00:00:00:01' },
    ],
  ],
  [
    'mpls,mpls_label=100,mpls_tc=2,mpls_bos=1,mpls_ttl=9',
    [
      { Type: 'eth_type', Value: 'mpls' },
      { Type: 'mpls_tc', Value: 2 },
      { Type: 'mpls_bos', Value: 1 },
      { Type: 'mpls_ttl', Value: 9 },
      { Type: 'mpls_label', Value: 100 },
    ],
  ],
  [
    'tcp,tp_src=0x400/0xfc00,tp_dst=80,tcp_flags=+syn-ack',
    [
      { Type: 'eth_type', Value: 'ip' },
      { Type: 'ip_proto', Value: 6 },
      { Type: 'tcp_src_masked', Value: 1024, Mask: 64512 },
      { Type: 'tcp_dst', Value: 80 },
      { Type: 'ovs_tcp_flags_masked', Value: 2, Mask: 18 },
    ],
  ],
  [
    'tcp,tcp_flags=0x2',
    [
      { Type: 'eth_type', Value: 'ip' },
      { Type: 'ip_proto', Value: 6 },
      { Type: 'ovs_tcp_flags', Value: 2 },
    ],
  ],
  [
    'udp6,ipv6_src=2001:db8::/32,ipv6_dst=2001:db8::1,tp_src=53',
    [
      { Type: 'eth_type', Value: 'ipv6' },
      { Type: 'ipv6_src_masked', Value: '2001:db8::', Mask: 'ffff:ffff::' },
      { Type: 'ipv6_dst', Value: '2001:db8::1' },
      { Type: 'ip_proto', Value: 17 },
      { Type: 'udp_src', Value: 53 },
    ],
  ],
  [
    'sctp,tp_dst=99',
    [
      { Type: 'eth_type', Value: 'ip' },
      { Type: 'ip_proto', Value: 132 },
      { Type: 'sctp_dst', Value: 99 },
    ],
  ],
  [
    'ipv6,ipv6_label=5',
    [
      { Type: 'eth_type', Value: 'ipv6' },
      { Type: 'ipv6_flabel', Value: 5 },
    ],
  ],
  [
    'ip,nw_frag=later,nw_tos=32,nw_ecn=1,nw_ttl=64',
    [
      { Type: 'eth_type', Value: 'ip' },
      { Type: 'ip_frag', Value: 3 },
      { Type: 'ip_dscp', Value: 8 },
      { Type: 'ip_ecn', Value: 1 },
      { Type: 'nw_ttl', Value: 64 },
    ],
  ],
  [
    'ip,nw_frag=not_later,nw_src=10.0.0.0/8,nw_dst=10.1.0.0/255.0.255.0',
    [
      { Type: 'eth_type', Value: 'ip' },
      { Type: 'ipv4_src_masked', Value: '10.0.0.0', Mask: '255.0.0.0' },
      { Type: 'ipv4_dst_masked', Value: '10.0.0.0', Mask: '255.0.255.0' },
      { Type: 'ip_frag_masked', Value: 0, Mask: 2 },
    ],
  ],
  [
    'ip,nw_proto=47',
    [
      { Type: 'eth_type', Value: 'ip' },
      { Type: 'ip_proto', Value: 47 },
    ],
  ],
  ['dl_type=0x88cc', [{ Type: 'eth_type', Value: 'lldp' }]],
  ['dl_type=0x1234', [{ Type: 'eth_type', Value: '0x1234' }]],
];
