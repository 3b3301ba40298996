/** What a mechanism is started with, for tests: everything it says and hands over is kept. */
import type { CaptureOptions, MechanismContext, Place } from '../../src/capture/mechanism.ts';
import type { PacketDoor } from '../../src/native/packets.ts';
import { type Observed, observed } from './observed.ts';

export interface Kept {
  readonly context: MechanismContext;
  readonly seen: Observed[];
  readonly raw: Uint8Array[];
  /** 'socket: ring buffer full, 3 packets' */
  readonly lost: string[];
  readonly said: string[];
}

export function contextOf(
  door: PacketDoor,
  options: Partial<CaptureOptions> = {},
  { place, nowMs = () => 1_800_000_000_000 }: { place?: Partial<Place>; nowMs?: () => number } = {},
): Kept {
  const seen: Observed[] = [];
  const raw: Uint8Array[] = [];
  const lost: string[] = [];
  const said: string[] = [];
  const say = (message: string) => void said.push(message);
  const context: MechanismContext = {
    door,
    place: { ...PLACE, ...place },
    options: { ...OPTIONS, ...options },
    sink: {
      source: 5,
      observe: (bytes) => void seen.push(...observed(bytes)),
      raw: (bytes) => void raw.push(bytes),
      lost: (stage, reason, packets, bytes = 0) =>
        void lost.push(`${stage}: ${reason}, ${packets} packets, ${bytes} B`),
    },
    nowMs,
    log: { info: say, warn: say },
  };
  return { context, seen, raw, lost, said };
}

const PLACE: Place = {
  nodeId: 'n',
  tid: 't',
  type: 'veth',
  name: 'eth0',
  ifIndex: 2,
  mac: undefined,
  netns: undefined,
  netnsCookie: 0n,
  metadata: {},
};

const OPTIONS: CaptureOptions = {
  id: 'c',
  filter: '',
  headerSize: 256,
  rawPacketLimit: 0,
  extraTcpMetric: false,
  ipDefrag: false,
  reassembleTcp: false,
  layerKeyMode: 'L2',
  layers: new Set(),
  port: 0,
  bind: '127.0.0.1',
  samplingRate: 1,
  pollingIntervalS: 10,
};
