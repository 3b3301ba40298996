/** The mechanisms that exist. Adding one is a folder and a line here. */
import { afpacket } from './afpacket/index.ts';
import { ebpf } from './ebpf/index.ts';
import { ipfix } from './ipfix/index.ts';
import type { Mechanism } from './mechanism.ts';
import { netflow } from './netflow/index.ts';
import { pcap } from './pcap/index.ts';
import { type PortRange, pcapsocketOn } from './pcapsocket/index.ts';
import { sflow } from './sflow/index.ts';

export interface MechanismOptions {
  /** Ports of pcapsocket captures that name none. */
  readonly ports: PortRange;
}

export function mechanisms({ ports }: MechanismOptions): readonly Mechanism[] {
  return [ebpf, afpacket, pcap, pcapsocketOn(ports), sflow, netflow, ipfix];
}
