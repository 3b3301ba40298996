/** A capture as a resource: what someone asked for, in Skydive's words. What became of it is told by `Captures`. */
import type { CaptureOptions } from './mechanism.ts';

export interface Capture {
  readonly UUID: string;
  readonly GremlinQuery: string;
  readonly BPFFilter?: string | undefined;
  readonly Name?: string | undefined;
  readonly Description?: string | undefined;
  /** A mechanism by its name; absent: the best that works for each node. */
  readonly Type?: string | undefined;
  /** Of a listener; 0 or absent: the mechanism's own choice. */
  readonly Port?: number | undefined;
  readonly SamplingRate: number;
  /** s. */
  readonly PollingInterval: number;
  /** Packets kept of each flow. */
  readonly RawPacketLimit?: number | undefined;
  /** Bytes of each packet that are looked at; 0 or absent: DEFAULT_HEADER_SIZE. */
  readonly HeaderSize?: number | undefined;
  readonly ExtraTCPMetric: boolean;
  readonly IPDefrag: boolean;
  readonly ReassembleTCP: boolean;
  /** Absent: what the mechanism tells apart best. */
  readonly LayerKeyMode?: 'L2' | 'L3' | undefined;
  /** Bits of `layerBits`. */
  readonly ExtraLayers?: number | undefined;
  /** Epoch ms at which it ends by itself. */
  readonly EndsAt?: number | undefined;
  /** It comes from the configuration, and is made anew at every start. */
  readonly IsStartup?: boolean | undefined;
}

/** Skydive's bits. */
export const layerBits = { VRRPv2: 1, DNS: 2, DHCPv4: 4 } as const;

/** An ordinary packet whole, within a tunnel too: the name in a ClientHello may stand at its end. */
export const DEFAULT_HEADER_SIZE = 1600;
/** Of the counters of a switch. */
const DEFAULT_POLLING_S = 10;
/** Fragments can only be put together when all of them is there. */
const WHOLE_PACKETS = 65_535;
export const HEADER_SIZE_MIN = 14;
export const HEADER_SIZE_MAX = 4096;
export const RAW_PACKETS_MAX = 10;

/** What of a capture concerns a mechanism. */
export function optionsOf(capture: Capture, { bind, keyMode }: { bind: string; keyMode: 'L2' | 'L3' }): CaptureOptions {
  return {
    id: capture.UUID,
    filter: capture.BPFFilter ?? '',
    headerSize: capture.HeaderSize || (capture.IPDefrag ? WHOLE_PACKETS : DEFAULT_HEADER_SIZE),
    rawPacketLimit: capture.RawPacketLimit ?? 0,
    extraTcpMetric: capture.ExtraTCPMetric,
    ipDefrag: capture.IPDefrag,
    reassembleTcp: capture.ReassembleTCP,
    layerKeyMode: capture.LayerKeyMode ?? keyMode,
    layers: layersOf(capture),
    port: capture.Port ?? 0,
    bind,
    samplingRate: capture.SamplingRate || 1,
    pollingIntervalS: capture.PollingInterval || DEFAULT_POLLING_S,
  };
}

/** TLS and HTTP are in the first packets anyway; Skydive's layers are decoded when they are asked for. */
export function layersOf({ ExtraLayers = 0 }: Capture): CaptureOptions['layers'] {
  const asked = (Object.keys(layerBits) as (keyof typeof layerBits)[]).filter(
    (layer) => (ExtraLayers & layerBits[layer]) !== 0,
  );
  return new Set([...asked, 'TLS' as const, 'HTTP' as const]);
}
