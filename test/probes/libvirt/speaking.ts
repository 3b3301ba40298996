/** A daemon of libvirt over a real socket that answers what it is told to, well or badly. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SpokenDomain {
  readonly name: string;
  readonly uuid: string;
  readonly id: number;
  readonly state: number;
  readonly xml: string;
}

const PROGRAM = 0x20008086;
const REPLY = 1;
const EVENT = 2;

export function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([word(bytes.length), bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

export function frame(words: readonly number[], payload: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([...words.map(word), payload]);
  return Buffer.concat([word(body.length + 4), body]);
}

export const uuidOf = (digit: string) => digit.repeat(32);

export function spoken(name: string, digit: string, more: Partial<SpokenDomain> = {}): SpokenDomain {
  const xml = `<domain type='kvm' id='1'><name>${name}</name><memory unit='KiB'>1024</memory></domain>`;
  return { name, uuid: uuidOf(digit), id: 1, state: 1, xml, ...more };
}

export class SpokenLibvirt implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'skein-libvirt-'));
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly domains = new Map<string, SpokenDomain>();
  ways: readonly number[] = [0];
  /** Bytes instead of an answer, by procedure; nothing is said for empty ones. */
  readonly instead = new Map<number, Buffer>();
  /** Refusals, by procedure: code and words. */
  readonly refusals = new Map<number, readonly [number, string]>();
  readonly opened: string[] = [];

  constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      let kept = Buffer.alloc(0);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('data', (data) => {
        kept = Buffer.concat([kept, data]);
        while (kept.length >= 4 && kept.length >= kept.readUInt32BE(0)) {
          const length = kept.readUInt32BE(0);
          this.#answer(socket, kept.subarray(0, length));
          kept = kept.subarray(length);
        }
      });
    });
  }

  get path(): string {
    return join(this.#folder, 'sock');
  }
  get url(): string {
    return `qemu:///system?socket=${this.path}`;
  }
  get connections(): number {
    return this.#sockets.size;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(this.path, resolve));
  }

  add(...domains: readonly SpokenDomain[]): void {
    for (const domain of domains) this.domains.set(domain.uuid, domain);
  }

  say(bytes: Buffer): void {
    for (const socket of this.#sockets) socket.write(bytes);
  }

  happened(domain: SpokenDomain): void {
    const payload = Buffer.concat([word(0), this.#ref(domain), word(0), word(0)]);
    this.say(frame([PROGRAM, 1, 318, EVENT, 0, 0], payload));
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #ref({ name, uuid, id }: SpokenDomain): Buffer {
    return Buffer.concat([text(name), Buffer.from(uuid, 'hex'), word(id)]);
  }

  #answer(socket: Socket, message: Buffer): void {
    const [procedure, serial] = [message.readUInt32BE(12), message.readUInt32BE(20)];
    const instead = this.instead.get(procedure);
    if (instead) {
      socket.write(instead);
      return;
    }
    const refuse = ([code, words]: readonly [number, string]) => {
      const payload = Buffer.concat([word(code), word(0), word(1), text(words), word(2), word(0)]);
      socket.write(frame([PROGRAM, 1, procedure, REPLY, serial, 1], payload));
    };
    const refusal = this.refusals.get(procedure);
    if (refusal) refuse(refusal);
    else {
      const payload = this.#payload(procedure, message);
      if (payload) socket.write(frame([PROGRAM, 1, procedure, REPLY, serial, 0], payload));
      else refuse([42, 'Domain not found']);
    }
  }

  #payload(procedure: number, message: Buffer): Buffer | undefined {
    if (procedure === 66) return Buffer.concat([word(this.ways.length), ...this.ways.map(word)]);
    if (procedure === 1) {
      this.opened.push(message.subarray(36, 36 + message.readUInt32BE(32)).toString());
      return Buffer.alloc(0);
    }
    if (procedure === 316) return word(0);
    if (procedure === 273) {
      const all = [...this.domains.values()].map((domain) => this.#ref(domain));
      return Buffer.concat([word(all.length), ...all, word(all.length)]);
    }
    const at = 32 + Math.ceil(message.readUInt32BE(28) / 4) * 4;
    const domain = this.domains.get(message.subarray(at, at + 16).toString('hex'));
    if (!domain) return undefined;
    return procedure === 212 ? Buffer.concat([word(domain.state), word(0)]) : text(domain.xml);
  }
}
