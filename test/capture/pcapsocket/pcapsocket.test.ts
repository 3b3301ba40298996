/** Captures over TCP, on the loopback; the decoder is the real one, no root is needed. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { pcapsocket, pcapsocketOn } from '../../../src/capture/pcapsocket/index.ts';
import { openPacketDoor } from '../../../src/native/index.ts';
import { eventually } from '../../eventually.ts';
import { contextOf } from '../context.ts';
import { described, joined, packetBlock, pcapFile, section, udpFrame } from '../files.ts';

const door = openPacketDoor();
const NOW_MS = 1_800_000_000_000;
const S = 1_700_000_000;
const file = pcapFile([
  { data: udpFrame(4000), s: S },
  { data: udpFrame(4000), s: S + 5, fraction: 500_000 },
  { data: udpFrame(5000), s: S + 9 },
]);

/** A port that nobody has, as far as the kernel knows; and one that is taken until the function is called. */
async function taken(): Promise<{ port: number; release: () => Promise<unknown> }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, release: () => new Promise((closed) => server.close(closed)) };
}

async function started(options: Parameters<typeof contextOf>[1] = {}) {
  const free = await taken();
  await free.release();
  const kept = contextOf(door, { port: free.port, ...options });
  return { ...kept, port: free.port, running: await pcapsocket.start(kept.context) };
}

/** Sends it in pieces, and waits until the other side has hung up. */
async function send(port: number, ...pieces: readonly Uint8Array[]): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  await once(socket, 'connect');
  for (const piece of pieces) await new Promise((written) => socket.write(piece, written));
  socket.end();
  await once(socket, 'close');
}

test('a capture is replayed from now on, with its gaps', async () => {
  const { running, seen, said, port } = await started();
  await using _ = running;
  expect(running.listens).toBe(`tcp 127.0.0.1:${port}`);
  await send(port, file.subarray(0, 30), file.subarray(30, 101), file.subarray(101));
  await eventually(() => expect(seen.length).toBe(2));
  expect(seen.map(({ ports, packets, firstMs, lastMs }) => ({ port: ports[0], packets, firstMs, lastMs }))).toEqual([
    { port: 4000, packets: 2, firstMs: NOW_MS, lastMs: NOW_MS + 5500 },
    { port: 5000, packets: 1, firstMs: NOW_MS + 9000, lastMs: NOW_MS + 9000 },
  ]);
  expect(running.stats()).toEqual({ packetsReceived: 3, packetsDropped: 0, packetsIfDropped: 0, bytesReceived: 180 });
  expect(said).toEqual([]);
});

test('several captures come one after the other, of either format, each from now on', async () => {
  const { running, seen, port } = await started();
  await using _ = running;
  await send(port, file);
  await eventually(() => expect(seen.length).toBe(2));
  await send(port, joined(section(), described(), packetBlock(udpFrame(6000), 7n)));
  await eventually(() => expect(seen.length).toBe(3));
  expect(seen.at(-1)).toMatchObject({ ports: [6000, 53], firstMs: NOW_MS });
  expect(running.stats().packetsReceived).toBe(4);
});

test('a long capture is handed over while it comes', async () => {
  const { running, seen, port } = await started();
  await using _ = running;
  const socket = connect(port, '127.0.0.1');
  socket.write(file);
  await eventually(() => expect(seen.length).toBe(2));
  expect(running.stats().packetsReceived).toBe(3);
  socket.destroy();
});

test('what comes quicker than it happened is told when its last packet is due, so that nothing begins in the future', async () => {
  const { running, seen, port } = await started();
  await using _ = running;
  const short = pcapFile([
    { data: udpFrame(4000), s: S },
    { data: udpFrame(5000), s: S, fraction: 300_000 },
  ]);
  const begun = performance.now();
  await send(port, short);
  await eventually(() => expect(seen.length).toBe(2));
  expect(performance.now() - begun).toBeGreaterThan(295);
});

test('a filter is honoured', async () => {
  const { running, seen, port } = await started({ filter: 'udp src port 5000' });
  await using _ = running;
  await send(port, file);
  await eventually(() => expect(seen.map(({ ports }) => ports[0])).toEqual([5000]));
});

test('what is no capture is said and hung up on; what is cut off is counted as far as it came', async () => {
  const { running, seen, said, port } = await started();
  await using _ = running;
  await send(port, new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'));
  await eventually(() => expect(said.length).toBe(1));
  expect(said[0]).toMatch(
    /^pcapsocket on eth0, from 127\.0\.0\.1 port \d+: capture file, at offset 0: it begins neither/,
  );
  await send(port, file.subarray(0, file.length - 1));
  await eventually(() => expect(seen.map(({ packets }) => packets)).toEqual([2]));
  expect(said[1]).toContain('it ends too early, at offset 251');
  await send(port);
  expect(said.length).toBe(2);
});

test('more captures at once than it takes are refused, and said', async () => {
  const { running, said, port } = await started();
  await using _ = running;
  const sockets = Array.from({ length: 17 }, () =>
    connect(port, '127.0.0.1')
      .on('error', () => {})
      .resume(),
  );
  await Promise.race(sockets.map((socket) => once(socket, 'close')));
  await eventually(() => expect(said).toEqual(['pcapsocket on eth0: more than 16 captures at once, one is refused']));
  for (const socket of sockets) socket.destroy();
});

test('when it is closed, what came so far is handed over', async () => {
  const { running, seen, port } = await started();
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.write(file.subarray(0, 100));
  await eventually(() => expect(running.stats().packetsReceived).toBe(1));
  await running[Symbol.asyncDispose]();
  expect(seen.length).toBe(1);
  expect(await running.ended).toBeUndefined();
  await once(connect(port, '127.0.0.1'), 'error');
});

test('the first free port of a range is taken; without one it says so', async () => {
  const first = await taken();
  const range = pcapsocketOn({ from: first.port, to: first.port + 50 });
  const running = await range.start(contextOf(door).context);
  expect(Number(running.listens?.split(':').at(-1))).toBeGreaterThan(first.port);
  await running[Symbol.asyncDispose]();
  const none = pcapsocketOn({ from: first.port, to: first.port }).start(contextOf(door).context);
  await expect(none).rejects.toThrow(`pcapsocket: needs port ${first.port} on 127.0.0.1 (EADDRINUSE)`);
  await first.release();
});

test('a filter that makes no sense is refused before anyone has sent anything', async () => {
  await expect(pcapsocket.start(contextOf(door, { filter: 'tcp prot' }).context)).rejects.toThrow('filter "tcp prot"');
});
