/** Actions as ovs-ofctl(8) takes them, and the data that stands for them in the graph. */
import type { Json } from '../../src/openflow/said.ts';

export const actionsAsJson: readonly (readonly [actions: string, json: Json])[] = [
  ['actions=drop', [{ Type: 'drop' }]],
  [
    'actions=output:2,NORMAL,CONTROLLER:128',
    [
      { Type: 'output', Arguments: { Port: 2, MaxLen: 0 } },
      { Type: 'output', Arguments: { Port: 4294967290, MaxLen: 0 } },
      { Type: 'output', Arguments: { Port: 4294967293, MaxLen: 128 } },
    ],
  ],
  [
    'actions=resubmit(,1),resubmit(2,4),resubmit:3',
    [
      { Type: 'resubmit', Arguments: { InPort: 65528, Table: 1 } },
      { Type: 'resubmit', Arguments: { InPort: 2, Table: 4 } },
      { Type: 'resubmit', Arguments: { InPort: 3, Table: 255 } },
    ],
  ],
  [
    'ct_state=+trk+est,ip,actions=resubmit(,4,ct)',
    [{ Type: 'nx_resubmit_table_ct', Arguments: { InPort: 65528, Table: 4 } }],
  ],
  [
    'actions=controller(userdata=11.11.11.11)',
    [{ Type: 'nx_controller2', Arguments: { Properties: [{ Type: 3, Length: 8, Userdata: 'EREREQ==' }] } }],
  ],
  [
    'actions=controller(reason=no_match,max_len=64,id=3)',
    [{ Type: 'nx_controller', Arguments: { MaxLen: 64, ControllerId: 3, Reason: 0 } }],
  ],
  [
    'actions=controller(userdata=01.02,pause,id=4,max_len=10,reason=invalid_ttl)',
    [
      {
        Type: 'nx_controller2',
        Arguments: {
          Properties: [
            { Type: 0, Length: 8, MaxLen: 10 },
            { Type: 1, Length: 8, ControllerId: 4 },
            { Type: 2, Length: 5, Reason: 2 },
            { Type: 3, Length: 6, Userdata: 'AQI=' },
            { Type: 4, Length: 4 },
          ],
        },
      },
    ],
  ],
  [
    'ip,actions=mod_nw_src:10.0.0.1,mod_dl_dst:02:00:00:00:00:09,mod_nw_tos:64',
    [
      { Type: 'set_field', Arguments: { Field: { Type: 'ipv4_src', Value: '10.0.0.1' } } },
      { Type: 'set_field', Arguments: { Field: { Type: 'eth_dst', Value: '02:00:00:00:00:09' } } },
      { Type: 'set_field', Arguments: { Field: { Type: 'ip_dscp', Value: 16 } } },
    ],
  ],
  [
    'dl_vlan=7,actions=mod_vlan_vid:8,mod_vlan_pcp:2,strip_vlan',
    [
      { Type: 'set_field', Arguments: { Field: { Type: 'vlan_vid', Value: 4104 } } },
      { Type: 'set_field', Arguments: { Field: { Type: 'vlan_pcp', Value: 2 } } },
      { Type: 'pop_vlan' },
    ],
  ],
  ['actions=pop_mpls:1234', [{ Type: 'pop_mpls', Arguments: { Ethertype: 1234 } }]],
  [
    'actions=push_vlan:0x8100,set_field:4106->vlan_vid,pop_vlan',
    [
      { Type: 'push_vlan', Arguments: { Ethertype: 33024 } },
      { Type: 'set_field', Arguments: { Field: { Type: 'vlan_vid', Value: 4106 } } },
      { Type: 'pop_vlan' },
    ],
  ],
  [
    'mpls,actions=push_mpls:0x8847,set_mpls_ttl(5),dec_mpls_ttl,set_field:7->mpls_label',
    [
      { Type: 'push_mpls', Arguments: { Ethertype: 34887 } },
      { Type: 'set_mpls_ttl', Arguments: { MplsTtl: 5 } },
      { Type: 'dec_mpls_ttl' },
      { Type: 'nx_reg_load', Arguments: { OfsNbits: 19, SrcField: 'mpls_label', Value: 7 } },
    ],
  ],
  [
    'actions=enqueue:123:456',
    [
      { Type: 'set_queue', Arguments: { QueueId: 456 } },
      { Type: 'output', Arguments: { Port: 123, MaxLen: 65535 } },
      { Type: 'nx_pop_queue' },
    ],
  ],
  ['actions=set_queue:3,pop_queue', [{ Type: 'set_queue', Arguments: { QueueId: 3 } }, { Type: 'nx_pop_queue' }]],
  [
    'actions=bundle_load(eth_src,50,active_backup,ofport,reg0,slaves:1)',
    [
      {
        Type: 'nx_bundle_load_in_port',
        Arguments: {
          Algorithm: 'active_backup',
          Basis: 50,
          Fields: 'eth_src',
          Dst: 'reg0',
          OfsNbits: 31,
          InPorts: [{ Port: 1 }],
          NSlaves: 1,
          SlaveType: 'in_port',
        },
      },
    ],
  ],
  [
    'actions=bundle(eth_src,0,hrw,ofport,slaves:4,8)',
    [
      {
        Type: 'nx_bundle',
        Arguments: {
          Algorithm: 'hrw',
          Basis: 0,
          Fields: 'eth_src',
          Dst: '',
          OfsNbits: 0,
          InPorts: [{ Port: 4 }, { Port: 8 }],
          NSlaves: 2,
          SlaveType: 'in_port',
        },
      },
    ],
  ],
  [
    'actions=multipath(eth_src,50,modulo_n,1,0,NXM_NX_REG0[7])',
    [
      {
        Type: 'nx_multipath',
        Arguments: {
          Fields: 'eth_src',
          Basis: 50,
          Algorithm: 'modulo_n',
          MaxLink: 0,
          Arg: 0,
          Dst: 'reg0',
          OfsNbits: 448,
        },
      },
    ],
  ],
  [
    'actions=multipath(symmetric_l4,1024,hrw,12,0,NXM_NX_REG0[0..7])',
    [
      {
        Type: 'nx_multipath',
        Arguments: {
          Fields: 'symmetric_l4',
          Basis: 1024,
          Algorithm: 'hrw',
          MaxLink: 11,
          Arg: 0,
          Dst: 'reg0',
          OfsNbits: 7,
        },
      },
    ],
  ],
  [
    'ip,actions=learn(table=3,idle_timeout=5,priority=7,cookie=9,fin_idle_timeout=2,fin_hard_timeout=4,send_flow_rem,dl_type=0x800,NXM_OF_IP_SRC[]=NXM_OF_IP_DST[],load:5->NXM_NX_REG0[0..15],load:NXM_OF_IN_PORT[]->NXM_NX_REG1[0..15])',
    [
      {
        Type: 'nx_learn',
        Arguments: {
          Cookie: 9,
          FinHardTimeout: 4,
          FinIdleTimeout: 2,
          Flags: 1,
          HardTimeout: 0,
          IdleTimeout: 5,
          Priority: 7,
          TableId: 3,
          FlowMods: [
            { SrcDst: 32, NBits: 16, Value: '0x0800', Dst: 'eth_type', DstOfs: 0 },
            { SrcDst: 0, NBits: 32, Src: 'ip_dst', SrcOfs: 0, Dst: 'ip_src', DstOfs: 0 },
            { SrcDst: 40, NBits: 16, Value: '0x0005', Dst: 'reg0', DstOfs: 0 },
            { SrcDst: 8, NBits: 16, Src: 'in_port', SrcOfs: 0, Dst: 'reg1', DstOfs: 0 },
          ],
        },
      },
    ],
  ],
  [
    'actions=learn(table=3,limit=4,result_dst=NXM_NX_REG0[0],NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[])',
    [
      {
        Type: 'nx_learn',
        Arguments: {
          Cookie: 0,
          FinHardTimeout: 0,
          FinIdleTimeout: 0,
          Flags: 4,
          HardTimeout: 0,
          IdleTimeout: 0,
          Priority: 32768,
          TableId: 3,
          Limit: 4,
          Result: 'reg0',
          ResultOfs: 0,
          FlowMods: [{ SrcDst: 0, NBits: 48, Src: 'eth_src', SrcOfs: 0, Dst: 'eth_dst', DstOfs: 0 }],
        },
      },
    ],
  ],
  [
    'ip,actions=push:NXM_OF_IP_DST[],pop:NXM_OF_IP_SRC[]',
    [
      { Type: 'nx_stack_push', Arguments: { Field: 'ip_dst', Offset: 0, NBits: 32 } },
      { Type: 'nx_stack_pop', Arguments: { Field: 'ip_src', Offset: 0, NBits: 32 } },
    ],
  ],
  [
    'actions=move:eth_dst->eth_src[]',
    [{ Type: 'nx_reg_move', Arguments: { NBits: 48, Src: 'eth_dst', SrcOfs: 0, Dst: 'eth_src', DstOfs: 0 } }],
  ],
  [
    'ip,actions=ct(commit,zone=NXM_NX_REG4[0..15],exec(move:NXM_NX_REG3[]->NXM_NX_CT_MARK[],move:NXM_NX_REG1[]->NXM_NX_CT_LABEL[96..127]))',
    [
      {
        Type: 'nx_ct',
        Arguments: {
          Alg: 0,
          RecircTable: 255,
          Value: 15,
          ZoneSrc: 'reg4',
          Flags: { Commit: true },
          Actions: [
            {
              Type: 'nx_reg_move',
              Arguments: { NBits: 32, Src: 'reg3', SrcOfs: 0, Dst: 'conn_tracking_mark', DstOfs: 0 },
            },
            {
              Type: 'nx_reg_move',
              Arguments: { NBits: 32, Src: 'reg1', SrcOfs: 0, Dst: 'conn_tracking_label', DstOfs: 96 },
            },
          ],
        },
      },
    ],
  ],
  [
    'tcp,actions=ct(commit,force,alg=ftp,zone=1,table=2,nat(dst=10.0.0.1:80-90,random)),ct(nat),ct_clear',
    [
      {
        Type: 'nx_ct',
        Arguments: {
          Alg: 21,
          RecircTable: 2,
          Value: 1,
          ZoneSrc: '',
          Flags: { Commit: true, Force: true },
          Actions: [
            {
              Type: 'nx_nat',
              Arguments: {
                Flags: 18,
                Ipv4Min: '10.0.0.1',
                Ipv4Max: '',
                Ipv6Min: '',
                Ipv6Max: '',
                ProtoMin: 80,
                ProtoMax: 90,
                RangePresent: { Ipv4Min: true, ProtoMin: true, ProtoMax: true },
              },
            },
          ],
        },
      },
      {
        Type: 'nx_ct',
        Arguments: {
          Alg: 0,
          RecircTable: 255,
          Value: 0,
          ZoneSrc: '',
          Flags: {},
          Actions: [
            {
              Type: 'nx_nat',
              Arguments: {
                Flags: 0,
                Ipv4Min: '',
                Ipv4Max: '',
                Ipv6Min: '',
                Ipv6Max: '',
                ProtoMin: 0,
                ProtoMax: 0,
                RangePresent: {},
              },
            },
          ],
        },
      },
      { Type: 'nx_ct_clear' },
    ],
  ],
  [
    'ipv6,actions=ct(commit,nat(src=2001:db8::1-2001:db8::9,persistent),exec(set_field:5->ct_mark))',
    [
      {
        Type: 'nx_ct',
        Arguments: {
          Alg: 0,
          RecircTable: 255,
          Value: 0,
          ZoneSrc: '',
          Flags: { Commit: true },
          Actions: [
            {
              Type: 'nx_nat',
              Arguments: {
                Flags: 5,
                Ipv4Min: '',
                Ipv4Max: '',
                Ipv6Min: '2001:db8::1',
                Ipv6Max: '2001:db8::9',
                ProtoMin: 0,
                ProtoMax: 0,
                RangePresent: { Ipv6Min: true, Ipv6Max: true },
              },
            },
            { Type: 'nx_reg_load', Arguments: { OfsNbits: 31, SrcField: 'conn_tracking_mark', Value: 5 } },
          ],
        },
      },
    ],
  ],
  [
    'actions=sample(probability=65535,collector_set_id=1,obs_domain_id=0,obs_point_id=0,sampling_port=1)',
    [
      {
        Type: 'nx_sample2',
        Arguments: {
          Probability: 65535,
          CollectorSetId: 1,
          ObsDomainId: 0,
          ObsPointId: 0,
          SamplingPort: 1,
          Direction: 0,
        },
      },
    ],
  ],
  [
    'actions=sample(probability=1,collector_set_id=2,obs_domain_id=3,obs_point_id=4)',
    [{ Type: 'nx_sample', Arguments: { Probability: 1, CollectorSetId: 2, ObsDomainId: 3, ObsPointId: 4 } }],
  ],
  [
    'actions=sample(probability=1,collector_set_id=2,obs_domain_id=3,obs_point_id=4,sampling_port=1,ingress)',
    [
      {
        Type: 'nx_sample3',
        Arguments: { Probability: 1, CollectorSetId: 2, ObsDomainId: 3, ObsPointId: 4, SamplingPort: 1, Direction: 1 },
      },
    ],
  ],
  [
    'ip,actions=clone(set_field:192.168.3.3->ip_src),output:1',
    [
      {
        Type: 'nx_clone',
        Arguments: {
          Actions: [{ Type: 'set_field', Arguments: { Field: { Type: 'ipv4_src', Value: '192.168.3.3' } } }],
        },
      },
      { Type: 'output', Arguments: { Port: 1, MaxLen: 0 } },
    ],
  ],
  [
    'actions=load:0x1->NXM_NX_REG13[],load:0x2->OXM_OF_METADATA[],load:3->NXM_NX_REG0[4..7]',
    [
      { Type: 'nx_reg_load', Arguments: { OfsNbits: 31, SrcField: 'reg13', Value: 1 } },
      { Type: 'nx_reg_load', Arguments: { OfsNbits: 63, SrcField: 'metadata', Value: 2 } },
      { Type: 'nx_reg_load', Arguments: { OfsNbits: 259, SrcField: 'reg0', Value: 3 } },
    ],
  ],
  [
    'actions=set_field:0x5/0xf->reg3,set_field:1->tun_id',
    [
      { Type: 'nx_reg_load', Arguments: { OfsNbits: 3, SrcField: 'reg3', Value: 5 } },
      { Type: 'nx_reg_load', Arguments: { OfsNbits: 63, SrcField: 'tun_id', Value: 1 } },
    ],
  ],
  [
    'actions=encap(nsh(md_type=2,tlv(0x1000,10,0x12345678),tlv(0x2000,20,0xfedcba9876543210))),encap(ethernet)',
    [
      {
        Type: 'nx_encap',
        Arguments: {
          HdrSize: 0,
          PacketType: 'nsh',
          Props: [
            { PropClass: 4, Type: 1, Len: 5, MdType: 2 },
            { PropClass: 4, Type: 2, Len: 16, TlvClass: 4096, TlvType: 10, TlvLen: 4, Value: 'EjRWeA==' },
            { PropClass: 4, Type: 2, Len: 16, TlvClass: 8192, TlvType: 20, TlvLen: 8, Value: '/ty6mHZUMhA=' },
          ],
        },
      },
      { Type: 'nx_encap', Arguments: { HdrSize: 0, PacketType: 'ethernet', Props: null } },
    ],
  ],
  [
    'packet_type=(1,0x894f),actions=decap(),output:1',
    [
      { Type: 'nx_decap', Arguments: { NewPktType: 65534 } },
      { Type: 'output', Arguments: { Port: 1, MaxLen: 0 } },
    ],
  ],
  ['actions=note:00.01.02', [{ Type: 'nx_note', Arguments: { Note: 'AAECAAAA' } }]],
  ['conj_id=3,actions=conjunction(7,1/2)', [{ Type: 'nx_conjunction', Arguments: { Clause: 0, NClauses: 2, Id: 7 } }]],
  [
    'ip,actions=dec_ttl,mod_nw_ttl:9',
    [{ Type: 'dec_nw_ttl' }, { Type: 'nx_reg_load', Arguments: { OfsNbits: 7, SrcField: 'nw_ttl', Value: 9 } }],
  ],
  ['ip,actions=dec_ttl(1,2)', [{ Type: 'nx_dec_ttl_cnt_ids', Arguments: { NControllers: 2, Controllers: [1, 2] } }]],
  [
    'tcp,actions=fin_timeout(idle_timeout=5,hard_timeout=9)',
    [{ Type: 'nx_fin_timeout', Arguments: { FinIdleTimeout: 5, FinHardTimeout: 9 } }],
  ],
  [
    'actions=output:NXM_NX_REG0[16..31],output(port=1,max_len=100)',
    [
      { Type: 'nx_output_reg', Arguments: { Src: 'reg0', OfsNbits: 1039, MaxLen: 65535 } },
      { Type: 'nx_output_trunc', Arguments: { Port: 1, MaxLen: 100 } },
    ],
  ],
  [
    'actions=set_tunnel:5,set_tunnel64:0x123456789',
    [
      { Type: 'set_field', Arguments: { Field: { Type: 'tunnel_id', Value: 5 } } },
      { Type: 'set_field', Arguments: { Field: { Type: 'tunnel_id', Value: 4886718345 } } },
    ],
  ],
  [
    'actions=check_pkt_larger(1500)->NXM_NX_REG0[0]',
    [{ Type: 'nx_check_pkt_larger', Arguments: { PktLen: 1500, Dst: 'reg0', Offset: 0 } }],
  ],
  ['actions=exit', [{ Type: 'nx_exit' }]],
];
