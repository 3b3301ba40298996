/** Those who tell others what they saw: an sFlow agent that samples every packet, and softflowd. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { run } from './mechanisms_world.ts';

const word = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

/** A datagram of sFlow version 5 with one flow sample, at a rate of 1, whose header is the whole frame. */
function sampled(frame: Uint8Array, sequence: number): Uint8Array {
  const padded = Buffer.concat([frame, new Uint8Array(-frame.length & 3)]);
  // header_protocol 1 is Ethernet; nothing was stripped.
  const header = Buffer.from([...[1, frame.length, 0, frame.length].flatMap(word), ...padded]);
  const record = [...[1, header.length].flatMap(word), ...header];
  // Sequence, source, rate, pool, drops, interfaces in and out, records.
  const sample = [...[sequence, 1, 1, sequence, 0, 1, 2, 1].flatMap(word), ...record];
  const head = [5, 1, 0x7f000001, 0, sequence, 1000 + sequence, 1, 1, sample.length].flatMap(word);
  return Uint8Array.from([...head, ...sample]);
}

export async function sendSamples(frames: readonly Uint8Array[], port: number, firstSequence = 1): Promise<void> {
  const socket = createSocket('udp4');
  for (const [index, frame] of frames.entries())
    await new Promise((sent) => socket.send(sampled(frame, firstSequence + index), port, '127.0.0.1', sent));
  socket.close();
}

/** Of a capture file, as NetFlow 9 or IPFIX (10) with MACs. */
export async function sendRecords(file: string, port: number, version: 9 | 10): Promise<void> {
  const reads = ['-d', '-c', 'none', '-p', `${file}.pid`, '-r', file];
  await run('softflowd', ...reads, '-n', `127.0.0.1:${port}`, '-v', `${version}`, '-T', 'ether');
}

export async function sendStream(bytes: Uint8Array, port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.end(bytes);
  socket.resume();
  await once(socket, 'close');
}
