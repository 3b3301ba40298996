/** VLANs of ports of Open vSwitch, as NORMAL heeds them (ovs-vswitchd.conf.db(5), Port, VLAN Configuration). */
import type { GraphNode } from '../../graph/element.ts';
import { isList } from '../key.ts';
import { nameOf, numberOf } from './atlas.ts';
import type { Frame } from './frame.ts';

type Mode = 'access' | 'trunk' | 'native-tagged' | 'native-untagged' | 'dot1q-tunnel';

/** The frame without its VLAN, and that; a sentence where the port does not let it in. */
export function admitted(port: GraphNode, frame: Frame): { readonly vlan: number; readonly frame: Frame } | string {
  const { mode, tag, trunks } = settings(port);
  const [outer = 0, ...inner] = frame.tags;
  switch (mode) {
    case 'access':
      if (outer !== 0) return `port ${nameOf(port)} is in VLAN ${tag} and takes no frames with a tag (VLAN ${outer})`;
      return { vlan: tag, frame: { ...frame, tags: inner } };
    case 'dot1q-tunnel':
      return { vlan: tag, frame };
    case 'trunk':
      return carries(trunks, outer) ? { vlan: outer, frame: { ...frame, tags: inner } } : notOn(port, outer);
    case 'native-tagged':
    case 'native-untagged': {
      const vlan = outer === 0 ? tag : outer;
      return vlan === tag || carries(trunks, vlan) ? { vlan, frame: { ...frame, tags: inner } } : notOn(port, vlan);
    }
  }
}

/** Undefined where the VLAN does not go. */
export function expelled(port: GraphNode, vlan: number, frame: Frame): Frame | undefined {
  const { mode, tag, trunks } = settings(port);
  const tagged = vlan === 0 ? frame : { ...frame, tags: [vlan, ...frame.tags] };
  switch (mode) {
    case 'access':
    case 'dot1q-tunnel':
      return vlan === tag ? frame : undefined;
    case 'trunk':
      return carries(trunks, vlan) ? tagged : undefined;
    case 'native-tagged':
      return vlan === tag || carries(trunks, vlan) ? tagged : undefined;
    case 'native-untagged':
      if (vlan === tag) return frame;
      return carries(trunks, vlan) ? tagged : undefined;
  }
}

export function vlanText(port: GraphNode): string {
  const { mode, tag, trunks } = settings(port);
  if (mode === 'trunk') return trunks.length === 0 ? '' : `, VLANs ${trunks.slice(0, 8).join(' ')}`;
  return `, VLAN ${tag}`;
}

function settings({ metadata }: GraphNode): {
  readonly mode: Mode;
  readonly tag: number;
  readonly trunks: readonly number[];
} {
  const tag = numberOf(metadata.Tag);
  const trunks = isList(metadata.Trunks) ? metadata.Trunks.filter((vlan) => typeof vlan === 'number') : [];
  const said = modes.find((mode) => mode === metadata.VlanMode);
  const mode = said ?? (tag === undefined ? 'trunk' : 'access');
  return { mode, tag: tag ?? 0, trunks };
}

const modes: readonly Mode[] = ['access', 'trunk', 'native-tagged', 'native-untagged', 'dot1q-tunnel'];

/** A trunk without a list carries all. */
function carries(trunks: readonly number[], vlan: number): boolean {
  return trunks.length === 0 || trunks.includes(vlan);
}

function notOn(port: GraphNode, vlan: number): string {
  return `VLAN ${vlan} is not on port ${nameOf(port)}`;
}
