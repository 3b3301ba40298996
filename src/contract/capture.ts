/** `/api/capture`: what is captured, in Skydive's shape; what became of it is said beside. */
import * as z from 'zod';
import { idShape } from './element.ts';

const layerNumbers: Readonly<Record<string, number>> = { VRRPV2: 1, DNS: 2, DHCPV4: 4 };

/** Skydive's bits, or names with commas or in a list. */
const extraLayersShape = z
  .union([z.int().min(0).max(7), z.string(), z.array(z.string())])
  .transform((said, context): number => {
    if (typeof said === 'number') return said;
    const names = (typeof said === 'string' ? said.split(/[,|\s]+/) : said).filter((name) => name !== '');
    let bits = 0;
    for (const name of names) {
      const bit = layerNumbers[name.toUpperCase()];
      if (bit === undefined)
        context.addIssue({ code: 'custom', message: `no layer named "${name}": VRRPv2, DNS, DHCPv4` });
      else bits |= bit;
    }
    return bits;
  });

const query = z.string().meta({ description: 'Finds nodes, or a path; every node it finds is captured on.' });
const count = z.int().nonnegative();
const optionalText = z.string().optional();

/** Empty and zero are what Skydive's clients send for what they do not ask. */
export const newCaptureShape = z
  .object({
    GremlinQuery: query.default(''),
    BPFFilter: optionalText.meta({ description: 'pcap syntax.' }),
    Name: optionalText,
    Description: optionalText,
    Type: optionalText.meta({ description: 'A mechanism; the best that works for each node when left out.' }),
    Port: z.int().min(0).max(65_535).optional().meta({ description: 'Of a listener; 0: any free one.' }),
    SamplingRate: count.max(0xffff_ffff).default(0),
    PollingInterval: count.max(0xffff_ffff).default(0).meta({ description: 's.' }),
    RawPacketLimit: z.int().optional().meta({ description: 'Packets kept of each flow, 0 to 10.' }),
    HeaderSize: z.int().optional().meta({ description: 'Bytes of each packet that are looked at.' }),
    ExtraTCPMetric: z.boolean().default(false),
    IPDefrag: z.boolean().default(false),
    ReassembleTCP: z.boolean().default(false),
    LayerKeyMode: optionalText.meta({ description: 'L2 or L3.' }),
    ExtraLayers: extraLayersShape.optional().meta({ description: 'Bits: 1 VRRPv2, 2 DNS, 4 DHCPv4; or their names.' }),
    Target: optionalText,
    TargetType: optionalText,
  })
  .meta({ id: 'NewCapture' });

export const captureShape = z
  .object({
    GremlinQuery: query,
    BPFFilter: optionalText,
    Name: optionalText,
    Description: optionalText,
    Type: optionalText,
    Count: count.meta({ description: 'Nodes on which it is active.' }),
    Port: count.optional(),
    SamplingRate: count,
    PollingInterval: count,
    RawPacketLimit: count.optional(),
    HeaderSize: count.optional(),
    ExtraTCPMetric: z.boolean(),
    IPDefrag: z.boolean(),
    ReassembleTCP: z.boolean(),
    LayerKeyMode: z.string(),
    ExtraLayers: count.optional(),
    UUID: idShape,
    EndsAt: z.int().optional().meta({ description: 'Epoch ms, when it was asked for a time (X-Resource-TTL).' }),
    Matched: count.optional().meta({ description: 'Nodes that its query finds.' }),
    Failed: count.optional().meta({ description: 'Nodes on which it cannot run just now.' }),
    Mechanisms: z.record(z.string(), count).optional().meta({ description: 'Active nodes by mechanism.' }),
    Notes: z.array(z.string()).optional().meta({ description: 'Nodes refused, bounds met, errors: a sentence each.' }),
  })
  .meta({ id: 'Capture' });

/** As it is kept over a restart. */
export const keptCaptureShape = z.object({
  UUID: idShape,
  GremlinQuery: z.string(),
  BPFFilter: optionalText,
  Name: optionalText,
  Description: optionalText,
  Type: optionalText,
  Port: count.optional(),
  SamplingRate: count,
  PollingInterval: count,
  RawPacketLimit: count.optional(),
  HeaderSize: count.optional(),
  ExtraTCPMetric: z.boolean(),
  IPDefrag: z.boolean(),
  ReassembleTCP: z.boolean(),
  LayerKeyMode: z.enum(['L2', 'L3']).optional(),
  ExtraLayers: count.optional(),
  EndsAt: z.number().optional(),
});

export type NewCapture = z.infer<typeof newCaptureShape>;
export type WireCapture = z.infer<typeof captureShape>;
