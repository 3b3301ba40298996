/** The mechanisms that exist. Adding one is a folder and a line here. */
import { afpacketWith } from './afpacket/index.ts';
import { type CaptureBounds, defaultBounds } from './bounds.ts';
import { ebpfWith } from './ebpf/index.ts';
import { ipfix } from './ipfix/index.ts';
import type { Mechanism } from './mechanism.ts';
import { netflow } from './netflow/index.ts';
import type { OvsSwitches } from './ovs-database.ts';
import { ovsipfixOn } from './ovsipfix/index.ts';
import { ovsmirrorOn } from './ovsmirror/index.ts';
import { ovsnetflowOn } from './ovsnetflow/index.ts';
import { ovssflowOn } from './ovssflow/index.ts';
import { pcapWith } from './pcap/index.ts';
import { type PortRange, pcapsocketOn } from './pcapsocket/index.ts';
import { sflow } from './sflow/index.ts';

export interface MechanismOptions {
  /** Ports of pcapsocket captures that name none. */
  readonly ports: PortRange;
  /** Where Open vSwitch is. */
  readonly ovs: OvsSwitches;
  readonly bounds?: CaptureBounds;
}

/** Ports that bridges are told to export to; Skydive's. */
const SFLOW_PORTS: PortRange = { from: 6345, to: 6355 };
const NETFLOW_PORTS: PortRange = { from: 6365, to: 6375 };
const IPFIX_PORTS: PortRange = { from: 6376, to: 6386 };

export function mechanisms({ ports, ovs, bounds = defaultBounds }: MechanismOptions): readonly Mechanism[] {
  return [
    ebpfWith(bounds),
    afpacketWith(bounds),
    pcapWith(bounds),
    pcapsocketOn(ports),
    sflow,
    netflow,
    ipfix,
    ovssflowOn({ ...ovs, ports: SFLOW_PORTS }),
    ovsnetflowOn({ ...ovs, ports: NETFLOW_PORTS }),
    ovsipfixOn({ ...ovs, ports: IPFIX_PORTS }),
    ovsmirrorOn(ovs, bounds),
  ];
}
