/** IFLA_CAN_* (linux/can/netlink.h). */
import * as z from 'zod';
import { field } from '../../../model/vocabulary.ts';
import { present } from '../present.ts';
import type { LinkKind } from './kind.ts';

export const can: LinkKind = {
  name: 'can',
  doc: 'A CAN bus controller.',
  fields: {
    Can: field(
      z.strictObject({
        BitRate: z.int().optional(),
        State: z.string().optional(),
        RestartMs: z.int().optional(),
      }),
      { doc: 'Bit rate and error state of a CAN controller.', example: { BitRate: 500000, State: 'ERROR-ACTIVE' } },
    ),
  },
  read(data) {
    const can: Record<string, string | number> = {};
    while (data.next()) {
      // The first member of struct can_bittiming.
      if (data.type === 1) can.BitRate = data.u32();
      if (data.type === 4) can.State = STATES[data.u32()] ?? data.u32().toString();
      if (data.type === 6) can.RestartMs = data.u32();
    }
    return { metadata: present({ Can: can }) };
  },
};

const STATES = ['ERROR-ACTIVE', 'ERROR-WARNING', 'ERROR-PASSIVE', 'BUS-OFF', 'STOPPED', 'SLEEPING'];
