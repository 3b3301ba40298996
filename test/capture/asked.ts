/** What a capture that asks for nothing in particular asks of a mechanism, and of which node. */
import type { CaptureOptions, Place } from '../../src/capture/mechanism.ts';

export const asked: CaptureOptions = {
  id: 'capture',
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
  pollingIntervalS: 1,
};

export const place: Place = {
  nodeId: 'node',
  tid: 'tid',
  type: 'device',
  name: 'lo',
  ifIndex: 1,
  mac: undefined,
  netns: undefined,
  netnsCookie: 0n,
  metadata: {},
};
