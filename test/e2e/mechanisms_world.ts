/** Two namespaces with a wire between them, on which nothing travels but what a test sends, and a `skein up` beside. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import { TestNetns } from '../kernel/native_netns.ts';
import { inFolder, type Running, skeinUp } from './running.ts';

const SENDER = new URL('../kernel/ebpf_send.c', import.meta.url).pathname;

export interface World {
  readonly skein: Running;
  readonly folder: string;
  readonly from: TestNetns;
  readonly to: TestNetns;
  /** The captured end of the wire, in `to`. */
  readonly name: string;
  /** `withinS`: it gives up then; default 30. */
  send(frames: readonly Uint8Array[], times?: number, withinS?: number): Promise<void>;
}

/** `prepare` has the folder before `skein up` does, and what it gives goes at the end. */
export async function inWorld<Disk extends Disposable | undefined = undefined>(
  flags: readonly string[],
  work: (world: World & { readonly disk: Disk }) => Promise<void>,
  prepare: (folder: string) => Disk = () => undefined as Disk,
): Promise<void> {
  await inFolder(async (folder) => {
    using disk = prepare(folder);
    using from = new TestNetns();
    using to = new TestNetns();
    const name = `sk${process.pid % 1_000_000}w`;
    from.ip(`link add wire type veth peer name ${name} netns ${to.name}`);
    for (const [netns, end] of [
      [from, 'wire'],
      [to, name],
    ] as const) {
      execFileSync('ip', ['netns', 'exec', netns.name, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1']);
      netns.ip(`link set ${end} arp off`);
      netns.ip(`link set ${end} up`);
    }
    const sender = join(folder, 'send');
    execFileSync('gcc', ['-O2', '-o', sender, SENDER]);
    await using skein = await skeinUp(folder, '--flow-update', '1s', '--capture-stats-update', '1s', ...flags);
    await work({
      disk,
      skein,
      folder,
      from,
      to,
      name,
      async send(frames, times = 1, withinS = 30) {
        // It tries again for ever where nothing can be sent.
        const words = [`${withinS}`, 'ip', 'netns', 'exec', from.name, sender, 'wire', `${times}`];
        const sending = spawn('timeout', words);
        sending.stdin.end(
          Buffer.concat(frames.flatMap((frame) => [Buffer.from([frame.length & 255, frame.length >> 8]), frame])),
        );
        sending.stdout.resume();
        const [code] = await once(sending, 'exit');
        if (code !== 0) throw new Error(`cannot send (${code})`);
      },
    });
  });
}

/** Resolves to its UUID when it runs on so many nodes. */
export async function capturing(skein: Running, asked: object, nodes = 1): Promise<string> {
  const id = await asking(skein, asked);
  await eventually(async () => {
    const told = await (await fetch(`${skein.url}/api/capture/${id}`)).json();
    expect(told).toMatchObject({ Count: nodes });
  });
  return id;
}

export async function asking(skein: Running, asked: object): Promise<string> {
  const response = await skein.post('/api/capture', asked);
  const text = await response.text();
  if (response.status !== 201) throw new Error(text);
  return (JSON.parse(text) as { UUID: string }).UUID;
}

export async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

export const run = (command: string, ...words: string[]) =>
  new Promise<string>((resolve, reject) => {
    execFile(command, words, { encoding: 'utf8', maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stderr}`));
      else resolve(stdout);
    });
  });
