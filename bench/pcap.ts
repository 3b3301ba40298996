/**
 * Capture files through openDecoder().file: packets a second with 1,000 and with 100,000 flows, beside a plain
 * mmap + parse + hash in C (bench/native/pcapfloor.c) over the same files in the same run. Run: node bench/pcap.ts
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPacketDoor } from '../src/native/index.ts';
import { compiled } from './native/compiled.ts';

const PACKETS = 4_000_000;
const FRAME_BYTES = 60;
const RECORD_BYTES = 16 + FRAME_BYTES;
const PIECE_BYTES = 1 << 20;
const ROUNDS = 3;

const door = openPacketDoor();
const floor = compiled('pcapfloor');
const folder = mkdtempSync(join(tmpdir(), 'skein-bench-'));
try {
  measure(1000, 8);
  measure(100_000, 3);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function measure(flows: number, goal: number): void {
  const file = join(folder, `${flows}.pcap`);
  write(file, flows);
  // In turn, so that what else runs on this machine meets both; the best of each.
  let ours = 0;
  let least = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const said = JSON.parse(execFileSync(floor, [file], { encoding: 'utf8' }));
    if (said.packets !== PACKETS || said.flows !== flows)
      throw new Error(`the floor miscounts: ${JSON.stringify(said)}`);
    least = Math.max(least, PACKETS / said.seconds / 1e6);
    ours = Math.max(ours, decode(file, flows));
  }
  const ratio = (least / ours).toFixed(1);
  console.log(
    `${flows} flows: ${ours.toFixed(1)} M packets/s (goal ≥ ${goal} M); floor ${least.toFixed(1)} M packets/s, ${ratio} × ours`,
  );
}

/** Millions of packets a second of CPU. */
function decode(file: string, flows: number): number {
  const fd = openSync(file, 'r');
  const decoder = door.openDecoder({ source: 1 });
  const piece = new Uint8Array(PIECE_BYTES);
  const before = process.cpuUsage();
  let packets = 0;
  for (;;) {
    const size = readSync(fd, piece);
    if (size === 0) break;
    packets += decoder.file(piece.subarray(0, size)).packets;
  }
  const { observations } = decoder.drain(0);
  const { user, system } = process.cpuUsage(before);
  closeSync(fd);
  const view = new DataView(observations.buffer, observations.byteOffset, observations.length);
  let conversations = 0;
  for (let at = 0; at < observations.length; at += view.getUint16(at, true)) conversations++;
  if (packets !== PACKETS || conversations !== flows)
    throw new Error(`${packets} packets, ${conversations} conversations`);
  decoder.close();
  return packets / (user + system);
}

/** UDP from 10.x.x.x to 10.77.0.9, the flows in no order. */
function write(path: string, flows: number): void {
  const fd = openSync(path, 'w');
  const head = new DataView(new ArrayBuffer(24));
  for (const [i, word] of [0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1].entries()) head.setUint32(i * 4, word, true);
  writeSync(fd, new Uint8Array(head.buffer));
  const frame = Uint8Array.of(
    ...[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0],
    ...[0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 0, 10, 77, 0, 9, 0x10, 0, 0x27, 0x10, 0, 26, 0, 0],
  );
  const many = 10_000;
  const bytes = new Uint8Array(many * RECORD_BYTES);
  const view = new DataView(bytes.buffer);
  let dice = 12345;
  for (let done = 0; done < PACKETS; done += many) {
    for (let i = 0; i < many; i++) {
      const at = i * RECORD_BYTES;
      // xorshift32
      dice ^= dice << 13;
      dice ^= dice >>> 17;
      dice ^= dice << 5;
      // All flows appear: the first ones in turn.
      const flow = done + i < flows ? done + i : (dice >>> 0) % flows;
      view.setUint32(at, 1_700_000_000 + Math.floor((done + i) / 1e6), true);
      view.setUint32(at + 4, (done + i) % 1e6, true);
      view.setUint32(at + 8, FRAME_BYTES, true);
      view.setUint32(at + 12, FRAME_BYTES, true);
      bytes.set(frame, at + 16);
      view.setUint32(at + 16 + 26, 0x0a000000 | flow);
      view.setUint16(at + 16 + 34, 4096 + (flow & 0xfff));
    }
    writeSync(fd, bytes);
  }
  closeSync(fd);
}
