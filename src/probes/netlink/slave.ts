/** What a link says as a slave of another (IFLA_INFO_SLAVE_DATA): bond slaves and bridge ports (linux/if_link.h). */
import * as z from 'zod';
import type { Metadata } from '../../graph/element.ts';
import { field } from '../../model/vocabulary.ts';
import type { Attributes } from '../../native/attributes.ts';
import { macText } from '../../std/addresstext.ts';

export const slaveFields = {
  BondSlave: field(
    z.strictObject({
      Type: z.string(),
      State: z.string().optional(),
      MiiStatus: z.string().optional(),
      LinkFailureCount: z.int().optional(),
      QueueId: z.int().optional(),
      AggregatorId: z.int().optional(),
      AdActorOperPortState: z.int().optional(),
      AdPartnerOperPortState: z.int().optional(),
      PermMAC: z.string().optional(),
    }),
    {
      doc: 'State of an interface as slave of a bond.',
      example: { Type: 'bond', State: 'ACTIVE', MiiStatus: 'UP', LinkFailureCount: 0, PermMAC: '02:fc:00:00:00:01' },
    },
  ),
  BridgePort: field(
    z.strictObject({
      State: z.string().optional(),
      No: z.int().optional(),
      Priority: z.int().optional(),
      Cost: z.int().optional(),
      Hairpin: z.boolean().optional(),
      Guard: z.boolean().optional(),
      RootBlock: z.boolean().optional(),
      FastLeave: z.boolean().optional(),
      Learning: z.boolean().optional(),
      Flood: z.boolean().optional(),
      McastFlood: z.boolean().optional(),
      BcastFlood: z.boolean().optional(),
      ProxyArp: z.boolean().optional(),
      NeighSuppress: z.boolean().optional(),
      VlanTunnel: z.boolean().optional(),
      Isolated: z.boolean().optional(),
      Locked: z.boolean().optional(),
    }),
    { doc: 'State of an interface as port of a bridge.', example: { State: 'FORWARDING', Cost: 2, Learning: true } },
  ),
};

/** Keys of a slave by the kind of its master; none for kinds that say nothing of interest. */
export function slaveKeys(kind: string, data: Attributes): Metadata {
  if (kind === 'bond') return { BondSlave: bondSlave(data) };
  if (kind === 'bridge') return { BridgePort: bridgePort(data) };
  return NOTHING;
}

const NOTHING: Metadata = {};

/** IFLA_BOND_SLAVE_*. */
function bondSlave(data: Attributes): Metadata {
  const slave: Record<string, string | number> = { Type: 'bond' };
  while (data.next()) {
    switch (data.type) {
      case 1:
        slave.State = data.u8() === 0 ? 'ACTIVE' : 'BACKUP';
        break;
      case 2:
        slave.MiiStatus = MII[data.u8()] ?? data.u8().toString();
        break;
      case 3:
        slave.LinkFailureCount = data.u32();
        break;
      case 4:
        slave.PermMAC = macText(data.bytes());
        break;
      case 5:
        slave.QueueId = data.u16();
        break;
      case 6:
        slave.AggregatorId = data.u16();
        break;
      case 7:
        slave.AdActorOperPortState = data.u8();
        break;
      case 8:
        slave.AdPartnerOperPortState = data.u16();
        break;
    }
  }
  return slave;
}

const MII = ['UP', 'GOING_DOWN', 'DOWN', 'GOING_BACK'];

/** IFLA_BRPORT_*, without its timers. */
export function bridgePort(data: Attributes): Metadata {
  const port: Record<string, string | number | boolean> = {};
  while (data.next()) {
    const flag = PORT_FLAGS.get(data.type);
    if (flag) port[flag] = data.u8() !== 0;
    if (data.type === 1) port.State = PORT_STATES[data.u8()] ?? data.u8().toString();
    if (data.type === 2) port.Priority = data.u16();
    if (data.type === 3) port.Cost = data.u32();
    if (data.type === 18) port.No = data.u16();
  }
  return port;
}

const PORT_STATES = ['DISABLED', 'LISTENING', 'LEARNING', 'FORWARDING', 'BLOCKING'];
const PORT_FLAGS = new Map([
  [4, 'Hairpin'],
  [5, 'Guard'],
  [6, 'RootBlock'],
  [7, 'FastLeave'],
  [8, 'Learning'],
  [9, 'Flood'],
  [10, 'ProxyArp'],
  [27, 'McastFlood'],
  [29, 'VlanTunnel'],
  [30, 'BcastFlood'],
  [32, 'NeighSuppress'],
  [33, 'Isolated'],
  [39, 'Locked'],
]);
