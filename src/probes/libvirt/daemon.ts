/** What a daemon of libvirt is asked: procedures and types of remote_protocol.x, by their numbers. */
import { Unavailable } from '../../std/unavailable.ts';
import { Refusal, Rpc } from './rpc.ts';
import { type XdrReader, XdrWriter } from './xdr.ts';

const CONNECT_OPEN = 1;
const DOMAIN_GET_XML_DESC = 14;
const AUTH_LIST = 66;
const DOMAIN_GET_STATE = 212;
const CONNECT_LIST_ALL_DOMAINS = 273;
const DOMAIN_EVENT_REGISTER = 316;
/** All after it tell of a domain, after the number of who listens. */
const DOMAIN_EVENT_LIFECYCLE = 318;

const AUTH_NONE = 0;
const READ_ONLY = 1;
/** virDomainEventID: lifecycle, device removed, device added, metadata changed. */
const EVENTS = [0, 15, 19, 23];
/** virErrorNumber: there is no such domain. */
const NO_DOMAIN = 42;

/** REMOTE_STRING_MAX, REMOTE_DOMAIN_LIST_MAX. */
const TEXT_BYTES_MAX = 4 << 20;
const DOMAINS_MAX = 16_384;
const WAYS_MAX = 20;

export interface DomainRef {
  readonly name: string;
  /** 32 hexadecimal digits. */
  readonly uuid: string;
  /** -1 while it does not run. */
  readonly id: number;
}

export interface DomainAnswer {
  readonly ref: DomainRef;
  /** virDomainState. */
  readonly state: number;
  readonly xml: string;
}

export interface DaemonParts {
  readonly path: string;
  readonly uri: string;
  readonly answerMs: number;
  /** Something happened to a domain; undefined when it could not be read which. */
  readonly happened: (domain: DomainRef | undefined) => void;
}

export class Daemon {
  readonly #rpc: Rpc;

  /** Connects, opens and listens. Throws Unavailable when it wants to know who asks. */
  static async open({ path, uri, answerMs, happened }: DaemonParts, signal: AbortSignal): Promise<Daemon> {
    const rpc = await Rpc.open(
      {
        path,
        answerMs,
        told(procedure, payload) {
          if (procedure >= DOMAIN_EVENT_LIFECYCLE) happened(readEvent(payload));
        },
      },
      signal,
    );
    const daemon = new Daemon(rpc);
    try {
      await daemon.#greet(path, uri);
      await daemon.#listen();
      return daemon;
    } catch (error) {
      rpc.close();
      throw error;
    }
  }

  private constructor(rpc: Rpc) {
    this.#rpc = rpc;
  }

  get ended(): Promise<Error> {
    return this.#rpc.ended;
  }

  close(): void {
    this.#rpc.close();
  }

  /** All that there are, running or not. */
  async list(): Promise<DomainRef[]> {
    const answer = await this.#rpc.call(CONNECT_LIST_ALL_DOMAINS, new XdrWriter().uint(1).uint(0));
    return answer.list(DOMAINS_MAX, () => readDomain(answer));
  }

  /** Undefined when it is gone. */
  async describe(ref: DomainRef): Promise<DomainAnswer | undefined> {
    try {
      const state = await this.#rpc.call(DOMAIN_GET_STATE, writeDomain(ref).uint(0));
      const xml = await this.#rpc.call(DOMAIN_GET_XML_DESC, writeDomain(ref).uint(0));
      return { ref, state: state.int(), xml: xml.string(TEXT_BYTES_MAX) };
    } catch (error) {
      if (error instanceof Refusal && error.code === NO_DOMAIN) return undefined;
      throw error;
    }
  }

  async #greet(path: string, uri: string): Promise<void> {
    const ways = await this.#rpc.call(AUTH_LIST);
    if (!ways.list(WAYS_MAX, () => ways.int()).includes(AUTH_NONE))
      throw new Unavailable(`libvirt at ${path} asks who wants to know`, 'to run as root, or auth_unix_ro = "none"');
    await this.#rpc.call(CONNECT_OPEN, new XdrWriter().uint(1).string(uri).uint(READ_ONLY));
  }

  async #listen(): Promise<void> {
    for (const event of EVENTS) {
      const asked = this.#rpc.call(DOMAIN_EVENT_REGISTER, new XdrWriter().uint(event).uint(0));
      await asked.catch((error) => {
        // Older ones do not have all events; of life and death they all tell.
        if (!(error instanceof Refusal) || event === EVENTS[0]) throw error;
      });
    }
  }
}

function readEvent(payload: XdrReader): DomainRef | undefined {
  try {
    payload.int();
    return readDomain(payload);
  } catch {
    return undefined;
  }
}

function readDomain(from: XdrReader): DomainRef {
  return { name: from.string(TEXT_BYTES_MAX), uuid: from.opaque(16).toString('hex'), id: from.int() };
}

function writeDomain({ name, uuid, id }: DomainRef): XdrWriter {
  return new XdrWriter().string(name).opaque(Buffer.from(uuid, 'hex')).uint(id);
}
