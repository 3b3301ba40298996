/** The probes there are. Adding one is a folder and a line here. The host comes first: others hang things on it. */

import { blockdev } from './blockdev/index.ts';
import { conntrack } from './conntrack/index.ts';
import { containerd } from './containerd/index.ts';
import { docker } from './docker/index.ts';
import { fabric } from './fabric/index.ts';
import { host } from './host/index.ts';
import { libvirt } from './libvirt/index.ts';
import { lldp } from './lldp/index.ts';
import { lxd } from './lxd/index.ts';
import { netfilter } from './netfilter/index.ts';
import { netlink } from './netlink/index.ts';
import { netns } from './netns/index.ts';
import { openflow } from './openflow/index.ts';
import { ovn } from './ovn/index.ts';
import { ovs } from './ovs/index.ts';
import { peering } from './peering/index.ts';
import { podman } from './podman/index.ts';
import type { Probe } from './probe.ts';
import { runc } from './runc/index.ts';
import { sockets } from './sockets/index.ts';
import { tunnels } from './tunnels/index.ts';

export const probes: readonly Probe[] = [
  host, //
  netns,
  netlink,
  sockets,
  conntrack,
  netfilter,
  docker,
  podman,
  containerd,
  runc,
  lxd,
  libvirt,
  ovn,
  ovs,
  openflow,
  lldp,
  blockdev,
  fabric,
  peering,
  tunnels,
];
