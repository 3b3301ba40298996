/** `POST /api/topology`, Skydive's door: the shape of the answer depends on the last step and carries no name. */
import * as z from 'zod';
import { edgeShape, graphShape, jsonShape, nodeShape } from './element.ts';
import { flowShape, packetShape, socketShape } from './flow.ts';
import { nextHopShape, sampleShape } from './query.ts';

export const topologyRequestShape = z
  .object({ GremlinQuery: z.string().optional().meta({ example: "G.V().Has('Name','eth0').Out()" }) })
  .meta({ id: 'TopologyRequest' });

export const topologyReplyShape = z
  .union([
    z.array(graphShape),
    z.array(nodeShape),
    z.array(edgeShape),
    z.array(z.array(nodeShape)),
    z.array(z.record(z.string(), z.array(sampleShape))),
    z.array(z.record(z.string(), nextHopShape)),
    z.array(flowShape),
    z.array(z.record(z.string(), z.array(flowShape))),
    z.array(z.record(z.string(), z.array(packetShape))),
    z.array(z.record(z.string(), z.array(socketShape))),
    z.array(jsonShape),
    sampleShape,
    jsonShape,
  ])
  .meta({ id: 'TopologyReply', description: 'The shape follows from the last step of the query.' });

/** How an answer may be written: the media types of `Accept`. */
export const mediaTypes = {
  json: 'application/json',
  dot: 'text/vnd.graphviz',
  pcap: 'application/vnd.tcpdump.pcap',
} as const;
