/** Real processes with sockets in namespaces of their own, and the probe of sockets beside them. Needs root. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Socket } from '../../src/ends/socket.ts';
import { openDoor } from '../../src/native/index.ts';
import { sockets } from '../../src/probes/sockets/index.ts';
import { type Running, runProbe, self } from '../probes/context.ts';
import { TestNetns } from './native_netns.ts';

export const door = openDoor();

export class SocketWorld implements AsyncDisposable {
  readonly netns = new TestNetns();
  readonly node = `node-${this.netns.name}`;
  running: Running | undefined;
  readonly #children: ChildProcess[] = [];

  constructor() {
    this.netns.ip('link set lo up');
  }

  /** Python, as it has every call of sockets; in the namespace. Resolves with the first line that it prints. */
  async start(script: string, { inHost = false } = {}): Promise<{ line: string; pid: number; child: ChildProcess }> {
    const python = ['python3', '-u', '-c', `import os,socket,sys,time,signal\n${script}\ntime.sleep(600)`];
    const [command = '', ...args] = inHost ? python : ['ip', 'netns', 'exec', this.netns.name, ...python];
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#children.push(child);
    const [line] = (await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')) as [string];
    return { line, pid: child.pid as number, child };
  }

  /** To the standard input of all. */
  write(text: string): void {
    for (const child of this.#children) child.stdin?.write(text);
  }

  async stop({ child }: { child: ChildProcess }): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async probe(
    options: Record<string, unknown>,
    { isKnown = true, before }: { isKnown?: boolean; before?: Running } = {},
  ) {
    const running = runProbe(sockets, {
      options: { pollMs: 100, ...options },
      door,
      time: Date.now,
      ...(before ? { before } : {}),
    });
    this.running = running;
    if (isKnown && !before) this.know();
    await running.ready;
    return running;
  }

  /** What the probe of namespaces would say. */
  know(): void {
    const { graph, namespaces } = this.running as Running;
    const { name, path } = this.netns;
    const metadata = { Type: 'netns', Name: name };
    graph.apply([{ kind: 'node', id: this.node, metadata, owns: new Set(['Type', 'Name']) }], {
      ...{ host: self.name, origin: 'agent.h', time: Date.now() },
    });
    const { cookie } = door.netnsIdentity(path);
    namespaces.add({ nodeId: this.node, tid: 'tid', path, cookie, name });
  }

  /** Those of the namespace that are open, sorted. */
  open(): Socket[] {
    const found = this.running?.sockets.find({ nodes: [this.node] }) ?? [];
    return [...found].sort((one, other) => (words(one) < words(other) ? -1 : 1));
  }

  /** Those that were open at any time. */
  ever(): Socket[] {
    const time = { from: 0, to: Date.now() + 1000 };
    return [...(this.running?.sockets.find({ nodes: [this.node], time }) ?? [])];
  }

  services(): unknown {
    const [node] = this.running?.graph.now().nodes(this.node) ?? [];
    return node?.metadata.Services;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.running?.stop();
    for (const child of this.#children) await this.stop({ child });
    this.netns[Symbol.dispose]();
  }
}

/** A socket in a line: 'TCP 127.0.0.1:80 10.0.0.1:4000 ESTABLISHED'. */
export function words({ protocol, localAddress, localPort, remoteAddress, remotePort, state }: Socket): string {
  return `${protocol} ${localAddress}:${localPort}${remotePort === 0 ? '' : ` ${remoteAddress}:${remotePort}`} ${state}`;
}
