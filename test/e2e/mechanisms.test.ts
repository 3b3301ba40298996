/**
 * The same packets through every mechanism are the same conversations: ids, initiator, counters, layers, tunnels, ends.
 * SKEIN_TABLE=1 prints what each of them told. Needs root.
 */
import type { Flow } from '../../src/flow/flow.ts';
import { throughAll } from './mechanisms_all.ts';
import { frames } from './mechanisms_traffic.ts';
import { inWorld } from './mechanisms_world.ts';

/** Path, ends (A is who began), the tunnel it is in, packets and bytes from A and from B, and how it ended. */
const expected = `
Ethernet 02:00:00:00:00:06 > 02:00:00:00:00:05 1/60 0/0
Ethernet/ARP 02:00:00:00:00:01 > 02:00:00:00:00:02 1/42 1/42
Ethernet/Dot1Q/Dot1Q/IPv4/ICMPv4 10.0.0.54 > 10.0.0.55 ECHO 79 2/140 2/140
Ethernet/Dot1Q/IPv4/TCP 10.0.0.52:40005 > 10.0.0.53:80 5/390 4/1232 FIN
Ethernet/IPv4/Fragment 10.0.0.50 > 10.0.0.51 2/116 0/0
Ethernet/IPv4/GRE 10.0.0.68 > 10.0.0.69 1/76 1/76
Ethernet/IPv4/GRE/MPLS 10.0.0.74 > 10.0.0.75 1/80 1/80
Ethernet/IPv4/ICMPv4 10.0.0.40 > 10.0.0.41 ECHO 77 3/186 3/186
Ethernet/IPv4/ICMPv4 10.0.0.40 > 10.0.0.41 ECHO 78 1/62 1/62
Ethernet/IPv4/ICMPv4 10.0.0.66 > 10.0.0.67 ECHO 80 in Ethernet/IPv6/UDP/Geneve 2/124 2/124
Ethernet/IPv4/ICMPv4 192.168.0.2 > 192.168.0.1 ECHO 23604 1/62 1/62
Ethernet/IPv4/TCP 10.0.0.10:40000 > 10.0.0.11:80 5/370 4/1216 FIN
Ethernet/IPv4/TCP 10.0.0.10:80 > 10.0.0.13:40002 3/1162 2/108 FIN
Ethernet/IPv4/TCP 10.0.0.12:40001 > 10.0.0.10:80 6/524 5/2270 FIN
Ethernet/IPv4/TCP 10.0.0.14:40003 > 10.0.0.10:80 0/0 1/54
Ethernet/IPv4/TCP 10.0.0.62:40006 > 10.0.0.63:80 in Ethernet/IPv4/UDP/VXLAN 5/370 4/1216 FIN
Ethernet/IPv4/UDP 10.0.0.30:5000 > 10.0.0.31:6000 1/342 1/52
Ethernet/IPv4/UDP/DNS 10.0.0.33:5001 > 10.0.0.32:53 1/69 1/85
Ethernet/IPv4/UDP/VXLAN 10.0.0.60:40000 > 10.0.0.61:4789 5/620 4/1416
Ethernet/IPv6/ICMPv6/ICMPv6Echo 2001:db8::2a > 2001:db8::2b ECHO 5 1/82 1/82
Ethernet/IPv6/TCP 2001:db8::14:40004 > 2001:db8::15:80 5/470 4/1296 FIN
Ethernet/IPv6/UDP/DNS 2001:db8::22:5002 > 2001:db8::23:53 1/89 1/105
Ethernet/IPv6/UDP/Geneve 2001:db8::40:40001 > 2001:db8::41:6081 2/272 2/272
Ethernet/MPLS 02:00:00:00:00:04 > 02:00:00:00:00:03 1/56 1/56
IPv4/UDP 10.0.0.70:1000 > 10.0.0.71:2000 in Ethernet/IPv4/GRE 1/38 1/38
IPv4/UDP 10.0.0.72:1001 > 10.0.0.73:2001 in Ethernet/MPLS 1/38 1/38
IPv4/UDP 10.0.0.76:1002 > 10.0.0.77:2002 in Ethernet/IPv4/GRE/MPLS 1/38 1/38`.slice(1);

/**
 * What records tell of it. They have no ids of pings, nothing below the network layer, nothing inside of tunnels and
 * no key of them, no applications, and no fragments without ports; a guess at who began goes by ports.
 */
const exported = `
Ethernet/IPv4/GRE 10.0.0.68 > 10.0.0.69 1/76 1/76
Ethernet/IPv4/TCP 10.0.0.10:40000 > 10.0.0.11:80 5/370 4/1216 FIN
Ethernet/IPv4/TCP 10.0.0.12:40001 > 10.0.0.10:80 6/524 5/2270 FIN
Ethernet/IPv4/TCP 10.0.0.13:40002 > 10.0.0.10:80 2/108 3/1162 FIN
Ethernet/IPv4/UDP 10.0.0.33:5001 > 10.0.0.32:53 1/69 1/85
Ethernet/IPv6/TCP 2001:db8::14:40004 > 2001:db8::15:80 5/470 4/1296 FIN
Ethernet/IPv6/UDP 2001:db8::22:5002 > 2001:db8::23:53 1/89 1/105`.slice(1);

const telling = ['netflow', 'ipfix'];

test('one traffic is the same conversations for every mechanism', () =>
  inWorld([], async (world) => {
    const told = await throughAll(world, frames);
    if (process.env.SKEIN_TABLE)
      for (const [mechanism, its] of told) process.stderr.write(`\n${mechanism}\n${linesOf(its).join('\n')}\n`);
    const known = Map.groupBy(told.get('afpacket') as Flow[], idOf);
    for (const [mechanism, flows] of told) {
      // A trace is over: what did not end in it ended with it, and that is its own word for it.
      const lines = linesOf(flows).filter((line) => !telling.includes(mechanism) || exported.includes(line));
      expect({ mechanism, text: lines.join('\n') }).toEqual({
        mechanism,
        text: telling.includes(mechanism) ? exported : expected,
      });
      const same = telling.includes(mechanism) ? flows.filter((flow) => exported.includes(lineOf(flow, flows))) : flows;
      for (const flow of same) {
        expect(known.has(idOf(flow))).toBe(true);
        expect(flow.CommunityID).toBe(known.get(idOf(flow))?.[0]?.CommunityID);
      }
    }
    // Of Skydive's own test of layer key modes.
    expect(known.has('9e42a86914a043b8 ')).toBe(true);
    // Who looks at every packet sees what was sent again; the kernel's table knows it of sockets of this host.
    for (const mechanism of ['afpacket', 'pcap', 'pcapsocket', 'sflow', 'trace'])
      expect({ mechanism, again: again(told.get(mechanism) as Flow[]) }).toEqual({
        mechanism,
        again: [[40_001, 1, 1]],
      });
    expect(again(told.get('ebpf') as Flow[])).toEqual([]);
  }));

/** What makes it the same conversation wherever it is seen. */
function idOf({ TrackingID, ParentUUID }: Flow): string {
  return `${TrackingID} ${ParentUUID === '' ? '' : 'inside'}`;
}

function linesOf(flows: readonly Flow[]): string[] {
  return flows.map((flow) => lineOf(flow, flows)).sort();
}

function lineOf(flow: Flow, all: readonly Flow[]): string {
  const { LayersPath, ParentUUID, Link, Network, Transport, ICMP, Metric, FinishType } = flow;
  const end = (side: 'A' | 'B') => {
    const address = (Network ?? Link)?.[side] ?? '';
    return Transport ? `${address}:${Transport[side]}` : address;
  };
  const tunnel = all.find(({ UUID }) => UUID === ParentUUID);
  return [
    `${LayersPath} ${end('A')} > ${end('B')}`,
    ...(ICMP ? [`${ICMP.Type} ${ICMP.ID}`] : []),
    ...(ParentUUID === '' ? [] : [`in ${tunnel?.LayersPath}`]),
    `${Metric.ABPackets}/${Metric.ABBytes} ${Metric.BAPackets}/${Metric.BABytes}`,
    ...(FinishType === 2 ? ['FIN'] : []),
  ].join(' ');
}

/** Ports of A, and segments that were sent again by A and by B. */
function again(flows: readonly Flow[]): number[][] {
  return flows.flatMap(({ Retransmissions, Transport }) =>
    Retransmissions && Transport ? [[Transport.A, Retransmissions.AB, Retransmissions.BA]] : [],
  );
}
