/** What a script can reach: requests, its console, time and ids. All of it text, all of it counted. */
import { createHash, randomUUID } from 'node:crypto';
import { receiveMessageOnPort } from 'node:worker_threads';
import type { AskedOfApi } from '../workflow.ts';
import { ANSWERED, type Failure, type FromThread, type Setup, type ToThread, WAITING } from './messages.ts';

/** Waits in pieces: whoever ends the thread need not wait for the rest. */
const pieceMs = 100;

const methods: readonly string[] = ['GET', 'POST', 'PATCH', 'DELETE'];

export class Door {
  /** What the script came to, as soon as it said so. */
  outcome: { readonly json: string } | { readonly error: string } | undefined;
  /** A limit that was met: the script goes no further. */
  stopped: Failure | undefined;
  /** Whether the script's world is there: from now on it is the script that speaks. */
  get isOpen(): boolean {
    return this.#cpuFrom !== undefined;
  }
  /** What the script left to promises: it goes on while the script waits in place, as scripts of promises expect. */
  goOn: () => void = () => undefined;
  /** Console lines that were not kept. */
  unsaid = 0;
  readonly #setup: Setup;
  readonly #tell: (message: FromThread) => void;
  readonly #bell: Int32Array;
  readonly #endsAt: number;
  #cpuFrom: NodeJS.CpuUsage | undefined;
  #answers = 0;
  #asks = 0;
  #lines = 0;
  #units = 0;

  constructor(setup: Setup, tell: (message: FromThread) => void) {
    this.#setup = setup;
    this.#tell = tell;
    this.#bell = new Int32Array(setup.bell);
    this.#endsAt = performance.now() + setup.limits.wallMs;
  }

  /** What it took to make its world is not the script's to pay. */
  open(): void {
    this.#cpuFrom = process.threadCpuUsage();
  }

  /** Whether the script has to end here: a limit was met, now or before. */
  mustStop(): boolean {
    if (this.stopped) return true;
    const { wallMs, cpuMs } = this.#setup.limits;
    if (performance.now() > this.#endsAt)
      this.stopped = { why: 'time', message: `it ran longer than the ${wallMs / 1000} s that a workflow may` };
    else if (this.#cpuMs() > cpuMs)
      this.stopped = { why: 'cpu', message: `it computed longer than the ${cpuMs / 1000} s that a workflow may` };
    return this.stopped !== undefined;
  }

  /** Throws what the script sees as an error. */
  called(what: string, args: readonly string[]): string {
    const [first = '', second = '', third = ''] = args;
    switch (what) {
      case 'ask':
        return this.#ask(first, second, third);
      case 'say':
        this.#say(first);
        return '';
      case 'wait': {
        const until = performance.now() + Number(first);
        this.goOn();
        this.wait(until - performance.now());
        return '';
      }
      case 'uuid':
        return uuidOf(first, second, third);
      case 'done':
        this.outcome ??= { json: first };
        return '';
      case 'failed':
        this.outcome ??= { error: first };
        return '';
      default:
        throw new Error(`there is no ${what}`);
    }
  }

  /** In place; until then, or the end of its time. */
  wait(ms: number): void {
    const until = Math.min(performance.now() + ms, this.#endsAt);
    this.#wait(() => performance.now() >= until, until);
    this.mustStop();
  }

  #ask(method: string, path: string, body: string): string {
    const { asksMax, askMax } = this.#setup.limits;
    if (++this.#asks > asksMax) {
      this.stopped ??= {
        why: 'asked',
        message: `it asked the server more than the ${asksMax} times that a workflow may`,
      };
      throw new Error(this.stopped.message);
    }
    if (!methods.includes(method))
      throw new Error(`a request is one of ${methods.join(', ')}, not ${method.slice(0, 20)}`);
    if (!/^\/api\/[\x21-\x7e]*$/.test(path) || path.includes('/..') || path.length > 2_048)
      throw new Error('a request goes to a path below /api/');
    if (body.length > askMax) throw new Error(`a request is larger than the ${askMax} characters that it may have`);
    const request: AskedOfApi = { method: method as AskedOfApi['method'], path, ...(body !== '' && { body }) };
    const expected = ++this.#answers;
    this.#tell({ kind: 'ask', request });
    this.#wait(() => Atomics.load(this.#bell, ANSWERED) >= expected, this.#endsAt);
    const received = receiveMessageOnPort(this.#setup.answers) as { message: ToThread } | undefined;
    if (received) return received.message;
    this.mustStop();
    throw new Error(this.stopped?.message ?? 'the server did not answer');
  }

  #wait(isOver: () => boolean, until: number): void {
    Atomics.store(this.#bell, WAITING, 1);
    for (;;) {
      const seen = Atomics.load(this.#bell, ANSWERED);
      const leftMs = until - performance.now();
      if (isOver() || leftMs <= 0) break;
      Atomics.wait(this.#bell, ANSWERED, seen, Math.min(leftMs, pieceMs));
    }
    Atomics.store(this.#bell, WAITING, 0);
  }

  #say(line: string): void {
    const { linesMax, lineMax, consoleMax } = this.#setup.limits;
    const shown = line.length > lineMax ? `${line.slice(0, lineMax)}…` : line;
    if (this.#lines >= linesMax || this.#units + shown.length > consoleMax) {
      this.unsaid++;
      return;
    }
    this.#lines++;
    this.#units += shown.length;
    this.#tell({ kind: 'said', line: shown });
  }

  #cpuMs(): number {
    if (this.#cpuFrom === undefined) return 0;
    const { user, system } = process.threadCpuUsage(this.#cpuFrom);
    return (user + system) / 1000;
  }
}

/** RFC 9562 §6.6 */
const namespaces: Readonly<Record<string, string>> = {
  'ns:DNS': '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
  'ns:URL': '6ba7b811-9dad-11d1-80b4-00c04fd430c8',
  'ns:OID': '6ba7b812-9dad-11d1-80b4-00c04fd430c8',
  'ns:X500': '6ba7b814-9dad-11d1-80b4-00c04fd430c8',
};

function uuidOf(version: string, namespace: string, name: string): string {
  if (version === '1' || version === '4') return randomUUID();
  if (version !== '5' && version !== '3') throw new Error(`there are no UUIDs of version ${version.slice(0, 10)}`);
  const of = (namespaces[namespace] ?? namespace).replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/i.test(of)) throw new Error(`${namespace.slice(0, 50)} is no namespace of UUIDs`);
  const hash = createHash(version === '5' ? 'sha1' : 'md5')
    .update(Buffer.from(of, 'hex'))
    .update(name)
    .digest();
  hash[6] = (hash.readUInt8(6) & 0x0f) | (Number(version) << 4);
  hash[8] = (hash.readUInt8(8) & 0x3f) | 0x80;
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
