/** `GET /api/datapath-flows`: what the datapath of a switch on this machine does at the moment. */
import * as z from 'zod';

export const datapathRequestShape = z.strictObject({
  bridge: z
    .string()
    .max(256)
    .optional()
    .meta({ description: 'Name of a bridge of Open vSwitch; all of this machine when left out.', example: 'br-int' }),
});

export const datapathReplyShape = z
  .array(
    z.object({
      Bridge: z.string().meta({ example: 'br-int' }),
      Flow: z.string().meta({
        description: 'As ovs-appctl(8) dpif/dump-flows has it.',
        example: 'in_port(2),eth(src=…),eth_type(0x0806), packets:1, bytes:42, used:0.3s, actions:3',
      }),
    }),
  )
  .meta({ id: 'DatapathFlows' });

export type DatapathRequest = z.infer<typeof datapathRequestShape>;
export type WireDatapathFlow = z.infer<typeof datapathReplyShape>[number];
