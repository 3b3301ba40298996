/** `GET /api/status`: Skydive's keys first, then ours. */
import * as z from 'zod';
import { schemaVersion } from './element.ts';
import { spanShape } from './query.ts';

export const connectionShape = z
  .object({
    ServiceType: z.string(),
    ClientProtocol: z.string(),
    Addr: z.string(),
    Port: z.int(),
    IsConnected: z.boolean(),
    ConnectTime: z.string().meta({ description: 'RFC 3339.' }),
    RemoteHost: z.string(),
    RemoteServiceType: z.string().optional(),
    Sent: z.int().optional(),
    Received: z.int().optional(),
    Queued: z.int().optional(),
  })
  .meta({ id: 'Connection' });

export const probeStatusShape = z
  .object({
    Status: z.string().meta({ description: 'starting, up, waiting, off.' }),
    Up: z.boolean(),
    Ready: z.boolean().optional().meta({ description: 'Its first full reading is in the graph.' }),
    Runs: z.int().optional(),
    Errors: z.int().optional(),
    LastError: z.string().optional(),
    Needs: z.string().optional().meta({ description: 'What would do, when the world refuses.' }),
    RetryAt: z.number().optional().meta({ description: 'Epoch ms.' }),
    LastDurationMs: z.number().optional(),
    Notice: z.string().optional(),
    Complaint: z.string().optional().meta({ description: 'What of the notice somebody should do something about.' }),
    Doc: z.string().optional().meta({ description: 'What it shows.' }),
    Sees: z.record(z.string(), z.int()).optional().meta({ description: 'Nodes of its types that are alive, by type.' }),
    Missing: z
      .array(z.object({ What: z.string(), Without: z.string() }))
      .optional()
      .meta({ description: 'Capabilities that it lacks, and what is not seen for that.' }),
    Counters: z.record(z.string(), z.number()).optional(),
  })
  .meta({ id: 'ProbeStatus' });

export const archiveStatusShape = z
  .object({
    Kind: z.string(),
    Place: z.string(),
    State: z.enum(['ok', 'degraded', 'failed']),
    Notes: z.array(z.string()),
    SizeBytes: z.number(),
    SizeBytesMax: z.number(),
    AgeMsMax: z.number(),
    Versions: z.number(),
    Samples: z.number(),
    Range: spanShape.nullable(),
    Queued: z.number().optional().meta({ description: 'Events that wait to be written.' }),
    OldestQueuedMs: z.number().optional().meta({ description: 'For how long the oldest of them has waited.' }),
    Written: z.number().optional(),
    Failures: z.number().optional().meta({ description: 'Batches that could not be written at once.' }),
    Lost: z.number().optional().meta({ description: 'Events and samples that could not be kept.' }),
  })
  .meta({ id: 'ArchiveStatus' });

export const graphStatusShape = z
  .object({
    Nodes: z.int(),
    Edges: z.int(),
    Revision: z.int().meta({ description: 'Position of the change log.' }),
    Range: spanShape.nullable().meta({ description: 'What can be asked about, archive included.' }),
  })
  .meta({ id: 'GraphStatus' });

export const mechanismStatusShape = z
  .object({
    Type: z.string(),
    Doc: z.string(),
    NodeTypes: z.array(z.string()),
    Rank: z.number().optional().meta({ description: 'Higher is tried first; absent: only when a capture names it.' }),
    Nodes: z.int().meta({ description: 'On which it runs now.' }),
    Why: z.array(z.string()).optional().meta({ description: 'Why it was not taken where it could have been.' }),
  })
  .meta({ id: 'MechanismStatus' });

export const captureStatusShape = z
  .object({
    IsMaster: z.boolean(),
    All: z.int().optional().meta({ description: 'Captures that exist.' }),
    Active: z.int().optional().meta({ description: 'Nodes on which one runs, counted for each.' }),
    Failed: z.int().optional().meta({ description: 'Nodes on which one cannot run just now.' }),
    Mechanisms: z.array(mechanismStatusShape).optional(),
    Notes: z.array(z.string()).optional().meta({ description: 'What users of captures should know while it lasts.' }),
  })
  .meta({ id: 'CaptureStatus' });

export const alertStatusShape = z
  .object({
    IsMaster: z.boolean().meta({ description: 'This server looks and tells; another does where it is false.' }),
    All: z.int().optional(),
    Firing: z.int().optional(),
    Pending: z.int().optional().meta({ description: 'Conditions that hold, and not for long enough yet.' }),
    Failing: z.int().optional().meta({ description: 'Conditions that could not be looked at when last tried.' }),
    Waiting: z.int().optional().meta({ description: 'Messages that nobody has taken yet.' }),
    Looks: z.int().optional(),
    FailedLooks: z.int().optional(),
    LateLooks: z.int().optional().meta({
      description: 'Looks that came late: all conditions together take more than their share of the time.',
    }),
    Fired: z.int().optional(),
    Resolved: z.int().optional(),
    Told: z.int().optional().meta({ description: 'Messages that were taken.' }),
    NotTold: z.int().optional().meta({ description: 'Messages that were given up.' }),
    Retried: z.int().optional(),
    Dropped: z
      .int()
      .optional()
      .meta({ description: 'Messages that went with their alert, or gave way to newer ones.' }),
    Unheard: z.int().optional().meta({ description: 'Messages that WebSockets were not sent: too many waited.' }),
    Held: z.string().optional().meta({
      description: 'Why nobody is told for now; what is found waits. Where another server looks: why it is not known.',
    }),
  })
  .meta({ id: 'AlertStatus' });

export const workflowStatusShape = z
  .object({
    Workflows: z.int(),
    Running: z.int().meta({ description: 'Of now.' }),
    Runs: z.int().meta({ description: 'Since the start.' }),
    Failures: z
      .record(z.string(), z.int())
      .meta({ description: 'Runs that came to no result, by why: threw, time, cpu, memory, busy…' }),
    Notes: z.array(z.string()),
  })
  .meta({ id: 'WorkflowStatus' });

const ruleStatusShape = z
  .object({
    NodeRules: z.int(),
    EdgeRules: z.int(),
    UserNodes: z.int().meta({ description: 'Nodes that users gave metadata to.' }),
    Troubled: z.int().meta({ description: 'Rules that could not do all they say.' }),
    Notes: z.array(z.string()),
  })
  .meta({ id: 'RuleStatus' });

const injectionStatusShape = z
  .object({
    Running: z.int().meta({ description: 'That run, or wait for their time.' }),
    Kept: z.int().meta({ description: 'That are over, and still shown.' }),
    Made: z.int().meta({ description: 'Since the start, as all that follows.' }),
    Refused: z.int(),
    Failed: z.int(),
    Packets: z.int(),
    Bytes: z.int(),
    Answers: z.int(),
    Bounds: z.record(z.string(), z.int()).meta({ description: 'Times that each bound was met.' }),
  })
  .meta({ id: 'InjectionStatus' });

export const lossShape = z
  .object({
    Host: z.string(),
    Node: z.string().meta({ description: "TID of the node; '' when it is not one node's." }),
    Name: z.string().optional().meta({ description: 'Of that node, while it is there.' }),
    Capture: z.string(),
    Stage: z.string().meta({
      description:
        'kernel-table, ring-buffer, socket, decoder, exporter, queue, flow-table, raw-packets, archive, relay.',
    }),
    Reason: z.string(),
    Packets: z.number(),
    Bytes: z.number(),
    Flows: z.number(),
    From: z.number().meta({ description: 'Epoch ms.' }),
    To: z.number(),
  })
  .meta({ id: 'LossStatus' });

export const flowStatusShape = z
  .object({
    Live: z.int().meta({ description: 'Flows in the live table.' }),
    LiveMax: z.int(),
    Places: z.int().meta({ description: 'Capture points.' }),
    WaitingBytes: z.number().meta({ description: 'Observations on their way into the table.' }),
    Packets: z.number().meta({ description: 'Received by captures since the start.' }),
    Dropped: z.number(),
    Losses: z.array(lossShape).meta({ description: 'The largest, up to 100.' }),
    Archive: z
      .object({
        Flows: z.number(),
        Points: z.number(),
        RawPackets: z.number(),
        SizeBytes: z.number(),
        Range: spanShape.nullable(),
        AgesMs: z.record(z.string(), z.number()),
        Notes: z.array(z.string()),
        Queued: z.number(),
        Written: z.number(),
        Failures: z.number(),
        Lost: z.number(),
      })
      .nullable(),
  })
  .meta({ id: 'FlowStatus' });

export const socketStatusShape = z
  .object({
    Open: z.int().meta({ description: 'Sockets that are open, of all namespaces.' }),
    Closed: z.int().meta({ description: 'Closed ones that are remembered in memory.' }),
    Opened: z.int().meta({ description: 'Since the start.' }),
    Refused: z.int().meta({ description: 'For lack of room.' }),
    Forgotten: z.int().meta({ description: 'Closed ones that were forgotten early, for lack of room.' }),
    Translations: z.int().meta({ description: 'Conversations whose addresses are translated (NAT).' }),
    TranslationsRefused: z.int().meta({ description: 'For lack of room.' }),
    Archive: z
      .object({
        Sockets: z.number(),
        SizeBytes: z.number(),
        Range: spanShape.nullable(),
        Notes: z.array(z.string()),
        Queued: z.number(),
        Written: z.number(),
        Failures: z.number(),
        Lost: z.number(),
      })
      .optional(),
  })
  .meta({ id: 'SocketStatus' });

/** What an agent says of itself. */
export const relayStatusShape = z
  .object({
    Home: z.string().nullable().meta({ description: 'The analyzer that keeps what is told here.' }),
    Since: z.number().meta({ description: 'Since when there is one, or none.' }),
    Analyzers: z.array(
      z.object({
        Name: z.string(),
        Role: z.string().optional().meta({ description: 'home or mirror.' }),
        State: z.string().meta({ description: 'connected, connecting or away.' }),
        ClockOffsetMs: z.number().optional().meta({ description: "The analyzer's clock less this one's." }),
        RoundTripMs: z.number().optional(),
        SentBytes: z.number(),
        LastEnd: z.string().optional().meta({ description: 'Why the connection before ended.' }),
        LastEndCode: z
          .string()
          .optional()
          .meta({ description: 'lost, token, certificate, copy, host-taken, version…' }),
      }),
    ),
    Spool: z.object({
      Place: z.string().meta({ description: 'Its folder.' }),
      Bytes: z.number(),
      BytesMax: z.number(),
      First: z.number().meta({ description: 'The oldest batch that no analyzer has kept.' }),
      Next: z.number(),
      Lost: z.record(z.string(), z.number()).meta({ description: 'For lack of room, by what it was.' }),
      Damaged: z.number(),
      Fault: z.string().optional().meta({ description: 'Why nothing can be written.' }),
    }),
    Told: z.record(z.string(), z.number()).meta({ description: 'Since the start, by what it was.' }),
    Sent: z.object({ Batches: z.number(), Bytes: z.number(), Resent: z.number() }),
    Notes: z.array(z.string()),
  })
  .meta({ id: 'RelayStatus' });

/** What an analyzer says of its agents. */
export const fleetStatusShape = z
  .object({
    Connected: z.int(),
    Away: z.int(),
    Gone: z.int(),
    HeldBytes: z.number().meta({ description: 'What agents sent and the archive has not kept yet.' }),
    HeldBytesMax: z.number(),
    Held: z.number().meta({ description: 'How often agents were slowed down for that.' }),
    Refusals: z.record(z.string(), z.number()).meta({ description: 'Since the start, by reason.' }),
    Agents: z.array(
      z.object({
        ID: z.string(),
        Host: z.string(),
        State: z.string().meta({ description: 'connected, away or gone.' }),
        Role: z.string().meta({ description: 'home: what it tells is kept by this analyzer; mirror: by another.' }),
        Since: z.number(),
        Address: z.string(),
        Software: z.string(),
        ClockOffsetMs: z.number().optional().meta({ description: "Its clock less this one's." }),
        RoundTripMs: z.number().optional(),
        LagMs: z.number().optional().meta({ description: 'Age of the newest thing that is known of it.' }),
        LastTime: z.number(),
        Kept: z.number(),
        Waiting: z.number(),
        ReceivedBytes: z.number(),
        Taken: z.record(z.string(), z.number()),
        Lost: z.record(z.string(), z.number()),
        Notes: z.array(z.string()),
      }),
    ),
    Notes: z.array(z.string()),
  })
  .meta({ id: 'FleetStatus' });

const connections = z.record(z.string(), connectionShape);

export const statusShape = z
  .object({
    Agents: connections,
    Peers: z.object({ Incomers: connections, Outgoers: connections }),
    Publishers: connections,
    Subscribers: connections,
    Alerts: alertStatusShape,
    Captures: captureStatusShape,
    Probes: z.record(z.string(), probeStatusShape),
    schema: z.literal(schemaVersion),
    Host: z.string(),
    Version: z.string(),
    Pid: z.int(),
    StartedAt: z.number(),
    RssBytes: z.number(),
    Listen: z.string(),
    Graph: graphStatusShape,
    Archive: archiveStatusShape.nullable(),
    Flows: flowStatusShape.optional(),
    Rules: ruleStatusShape.optional(),
    Workflows: workflowStatusShape.optional(),
    Injections: injectionStatusShape.optional(),
    Sockets: socketStatusShape.optional(),
    Relay: relayStatusShape.optional(),
    Fleet: fleetStatusShape.optional(),
    Notes: z.array(z.string()).meta({ description: 'What everyone should know while it lasts.' }),
  })
  .meta({ id: 'Status' });

/** `GET /api`. */
export const serviceShape = z
  .object({ Host: z.string(), Version: z.string(), Service: z.string() })
  .meta({ id: 'Service' });

export type Status = z.infer<typeof statusShape>;
export type ProbeStatus = z.infer<typeof probeStatusShape>;
export type ArchiveStatus = z.infer<typeof archiveStatusShape>;
export type GraphStatus = z.infer<typeof graphStatusShape>;
export type ConnectionStatus = z.infer<typeof connectionShape>;
export type Service = z.infer<typeof serviceShape>;
export type MechanismStatus = z.infer<typeof mechanismStatusShape>;
export type CaptureStatus = z.infer<typeof captureStatusShape>;
export type FlowStatus = z.infer<typeof flowStatusShape>;
export type SocketStatus = z.infer<typeof socketStatusShape>;
export type RelayStatus = z.infer<typeof relayStatusShape>;
export type FleetStatus = z.infer<typeof fleetStatusShape>;
export type AlertStatus = z.infer<typeof alertStatusShape>;
export type WorkflowStatus = z.infer<typeof workflowStatusShape>;
export type InjectionStatus = z.infer<typeof injectionStatusShape>;
export type RuleStatus = z.infer<typeof ruleStatusShape>;
export type LossStatus = z.infer<typeof lossShape>;
