/** Datagrams on a wire into a host, at whose end they can be captured: so many that what flows say can be added up. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../eventually.ts';
import { ethernet, ipv4, udp } from '../kernel/ebpf_frames.ts';
import { TestNetns } from '../kernel/native_netns.ts';
import type { Analyzer, Host } from './fleet_world.ts';

const SENDER = new URL('../kernel/ebpf_send.c', import.meta.url).pathname;
const CONVERSATIONS = 20;
const FRAMES = Array.from({ length: CONVERSATIONS }, (_, i) =>
  ethernet(0x0800, ipv4(17, udp(1000, 2000), { from: 1000 + i })),
);

export class Traffic implements AsyncDisposable {
  /** The captured end. */
  readonly name: string;
  /** Packets that were sent since the capture runs. */
  sent = 0;
  readonly #from = new TestNetns();
  readonly #sender: string;
  #isOver = false;
  #sending: Promise<void> | undefined;

  private constructor(host: Host, sender: string) {
    this.#sender = sender;
    this.name = `sk${process.pid % 1_000_000}w`;
    this.#from.ip(`link add wire type veth peer name ${this.name} netns ${host.netns.name}`);
    for (const [netns, end] of [
      [this.#from, 'wire'],
      [host.netns, this.name],
    ] as const) {
      execFileSync('ip', ['netns', 'exec', netns.name, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1']);
      netns.ip(`link set ${end} arp off`);
      netns.ip(`link set ${end} up`);
    }
  }

  static async make(host: Host, folder: string): Promise<Traffic> {
    const sender = join(folder, 'send');
    await promisify(execFile)('gcc', ['-O2', '-o', sender, SENDER]);
    return new Traffic(host, sender);
  }

  /** From now on all of it is captured, by the agent that the analyzer asks. */
  async start(analyzer: Analyzer): Promise<void> {
    const asked = { GremlinQuery: `G.V().Has('Name', '${this.name}')`, Type: 'ebpf' };
    const response = await analyzer.running.post('/api/capture', asked);
    const { UUID } = (await response.json()) as { UUID: string };
    await eventually(async () => {
      const capture = (await (await fetch(`${analyzer.running.url}/api/capture/${UUID}`)).json()) as { Count: number };
      if (capture.Count !== 1) throw new Error(`${UUID} runs on ${capture.Count} nodes`);
    });
    this.#sending = this.#send();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#sending;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.#from[Symbol.dispose]();
  }

  async #send(): Promise<void> {
    const lengths = FRAMES.flatMap((frame) => [Buffer.from([frame.length & 255, frame.length >> 8]), frame]);
    const bytes = Buffer.concat(lengths);
    while (!this.#isOver) {
      const sending = spawn('timeout', ['30', 'ip', 'netns', 'exec', this.#from.name, this.#sender, 'wire', '2']);
      sending.stdin.end(bytes);
      sending.stdout.resume();
      const [code] = await once(sending, 'exit');
      if (code !== 0) throw new Error(`cannot send (${code})`);
      this.sent += 2 * CONVERSATIONS;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
