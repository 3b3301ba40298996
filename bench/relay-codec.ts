/**
 * Flow records through the codec of the relay, encoded and decoded, against JSON in the same run; the same for metadata
 * of nodes. `node --expose-gc bench/relay-codec.ts [seconds]`
 */
import type { Flow } from '../src/flow/flow.ts';
import type { Facts } from '../src/relay/message.ts';
import { decodeFacts, encodeFacts } from '../src/relay/wire/facts.ts';

const seconds = Number(process.argv[2] ?? 5);
const perBatch = 1000;
const batches = Array.from({ length: 20 }, (_, batch) => factsOf(batch));

console.log(`${perBatch} flows a batch, ${batches.length} different batches; figures in CPU time of the thread`);
const ours = run('protobuf', encodeFacts, decodeFacts);
const json = run(
  'JSON',
  (facts) => Buffer.from(JSON.stringify(facts)),
  (bytes) => JSON.parse(Buffer.from(bytes).toString()),
);
console.log(`protobuf / JSON: ${(ours / json).toFixed(2)} × the records; goal ≥ 300000/s: ${Math.round(ours)}/s`);

function run(name: string, encode: (facts: Facts) => Uint8Array, decode: (bytes: Uint8Array) => Facts): number {
  measure(encode, decode, 1);
  const before = memory();
  const { encodeMs, decodeMs, records, bytes } = measure(encode, decode, seconds);
  const grown = memory() - before;
  const perSecond = records / ((encodeMs + decodeMs) / 1000);
  const us = (ms: number) => ((ms * 1000) / records).toFixed(2);
  console.log(
    `${name.padEnd(9)} encode ${us(encodeMs)} µs, decode ${us(decodeMs)} µs a record: ${Math.round(perSecond)} records/s; ` +
      `${Math.round(bytes / records)} bytes a record; memory ${grown >= 0 ? '+' : ''}${(grown / 1e6).toFixed(1)} MB after ${records} records`,
  );
  return perSecond;
}

function measure(encode: (facts: Facts) => Uint8Array, decode: (bytes: Uint8Array) => Facts, forS: number) {
  let [encodeMs, decodeMs, records, bytes] = [0, 0, 0, 0];
  for (let i = 0; encodeMs + decodeMs < forS * 1000; i++) {
    const facts = batches[i % batches.length] as Facts;
    const start = cpuMs();
    const encoded = encode(facts);
    const between = cpuMs();
    const decoded = decode(encoded);
    decodeMs += cpuMs() - between;
    encodeMs += between - start;
    records += decoded.flows.length;
    bytes += encoded.length;
  }
  return { encodeMs, decodeMs, records, bytes };
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function memory(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function factsOf(batch: number): Facts {
  const flows = Array.from({ length: perBatch }, (_, i) => flowOf(batch * perBatch + i));
  return {
    time: 1_780_000_000_000 + batch,
    isWholeGraph: false,
    isAllSockets: false,
    graph: [],
    samples: [],
    flows,
    rawPackets: [],
    losses: [],
    sockets: [],
    lost: [],
  };
}

/** TCP over IPv4 as a capture tells it: most fields, one in four with what its handshake told, one in three at its end. */
function flowOf(i: number): Flow {
  const start = 1_780_000_000_000 + i / 7;
  const hex = (salt: number) =>
    (BigInt(i * 2654435761 + salt) * 0x9e3779b97f4a7c15n).toString(16).slice(-16).padStart(16, '0');
  const metric = { ABPackets: 12 + i, ABBytes: 1534 + i * 3, BAPackets: 9 + i, BABytes: 20_000 + i * 5 };
  return {
    UUID: hex(1),
    ParentUUID: '',
    TrackingID: hex(2),
    L3TrackingID: hex(3 + (i % 400)),
    L2TrackingID: hex(1000),
    CommunityID: `1:${Buffer.from(hex(5)).toString('base64').padEnd(28, 'A').slice(0, 28)}`,
    LayersPath: 'Ethernet/IPv4/TCP',
    Application: i % 3 === 0 ? 'HTTPS' : 'TCP',
    Link: { Protocol: 'ETHERNET', A: `02:42:ac:11:00:${(i % 90) + 10}`, B: '02:42:0a:00:00:01', ID: 0 },
    Network: {
      Protocol: 'IPV4',
      A: `10.${i % 4}.${i % 20}.${i % 250}`,
      B: `172.17.${i % 8}.${(i * 7) % 200}`,
      ID: 0,
    },
    Transport: { Protocol: 'TCP', A: 32_768 + (i % 28_000), B: 443, ID: 0 },
    Metric: { ...metric, Start: start, Last: start + 4000.5 },
    LastUpdateMetric: { ...metric, Start: start + 3000, Last: start + 4000.5 },
    Start: start,
    Last: start + 4000.5,
    NodeTID: `5b4b8e0d-6a52-5d3c-8a4e-00000000000${i % 10}`,
    CaptureID: '7c0a4d3e-2a38-4d3f-9e2f-1f6f6c1f0a11',
    RawPacketsCaptured: 0,
    RTT: { Handshake: 250_000 + i, Smoothed: 300_000 + i },
    ...(i % 4 === 0 && { TCPMetric: { ABSynStart: start, BASynStart: start + 0.3, ABSynTTL: 64, BASynTTL: 63 } }),
    ...(i % 3 === 0 && { FinishType: 2 }),
  };
}
