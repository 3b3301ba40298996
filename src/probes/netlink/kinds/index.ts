/** Every kind of link the kernel has a name for. A kind that is not listed still is a node of that Type. */
import { bond } from './bond.ts';
import { bridge } from './bridge.ts';
import { can } from './can.ts';
import { geneve } from './geneve.ts';
import { hsr } from './hsr.ts';
import { ipoib } from './ipoib.ts';
import type { LinkKind } from './kind.ts';
import { macsec } from './macsec.ts';
import { sharing } from './macvlan.ts';
import { tuns } from './tun.ts';
import { tunnels } from './tunnel.ts';
import { vlan } from './vlan.ts';
import { vrf } from './vrf.ts';
import { vxlan } from './vxlan.ts';
import { xfrm } from './xfrm.ts';

export const kinds: readonly LinkKind[] = [
  { name: 'device', doc: 'A network device of no particular kind: hardware, or the loopback.' },
  { name: 'veth', doc: 'One end of a virtual cable; the other may be in another namespace.', isPair: true },
  { name: 'netkit', doc: 'One end of a pair whose forwarding is a BPF program.', isPair: true },
  { name: 'vxcan', doc: 'One end of a virtual CAN cable.', isPair: true },
  bridge,
  bond,
  vlan,
  vxlan,
  geneve,
  ...tunnels,
  ...sharing,
  ...tuns,
  vrf,
  macsec,
  hsr,
  can,
  xfrm,
  ipoib,
  { name: 'openvswitch', doc: 'A device of the Open vSwitch kernel datapath: internal ports and the datapath itself.' },
  { name: 'team', doc: 'Several devices used as one by the team driver.' },
  { name: 'dummy', doc: 'A device that drops what it is given; it keeps addresses up.' },
  { name: 'ifb', doc: 'An intermediate device to shape incoming traffic on.' },
  { name: 'wireguard', doc: 'A WireGuard tunnel.' },
  { name: 'vcan', doc: 'A virtual CAN bus on one machine.' },
  { name: 'lowpan', doc: 'IPv6 over IEEE 802.15.4 (6LoWPAN).' },
  { name: 'nlmon', doc: 'A device that shows netlink messages to sniffers.' },
  { name: 'vsockmon', doc: 'A device that shows vsock packets to sniffers.' },
  { name: 'netdevsim', doc: 'A simulated device for tests of drivers.' },
  { name: 'bareudp', doc: 'A tunnel of any protocol over bare UDP.' },
  { name: 'gtp', doc: 'A GTP-U tunnel end of mobile networks.' },
  { name: 'amt', doc: 'An automatic multicast tunnel (RFC 7450).' },
  { name: 'batadv', doc: 'A B.A.T.M.A.N. mesh.' },
  { name: 'rmnet', doc: 'A channel of a Qualcomm modem.' },
  { name: 'wwan', doc: 'A channel of a mobile modem.' },
  { name: 'dsa', doc: 'A port of a hardware switch behind a device (DSA).' },
  { name: 'virt_wifi', doc: 'A wireless face on an Ethernet device.' },
  { name: 'ppp', doc: 'A PPP link.' },
  { name: 'ovpn', doc: 'An OpenVPN tunnel in the kernel.' },
];

const byName = new Map(kinds.map((kind) => [kind.name, kind]));

export function kindOf(name: string): LinkKind | undefined {
  return byName.get(name);
}
