/** What is asked of a switch, in whatever version it speaks. */
import { cString } from './bytes.ts';
import { Connection, type ConnectionParts, EXPERIMENTER, type Extension, Refusal } from './connection.ts';
import type { Message } from './frames.ts';
import { cutGroups, type GroupCounters, type RawGroup, readGroupCounters } from './groups.ts';
import { type MonitorShape, monitorRequest, type RuleEvent, readEvents } from './monitor.ts';
import { cutRules, type RawRule, type RuleShape } from './rule.ts';

export interface SwitchParts extends Omit<ConnectionParts, 'told'> {
  /** What the monitor tells, once it is on. */
  readonly rulesChanged: (events: readonly RuleEvent[]) => void;
  readonly groupsChanged: () => void;
}

/** Types of statistics (OpenFlow 1.5 §7.3.5). */
const [FLOW, TABLE, GROUP, GROUP_DESC, TABLE_FEATURES, FLOW_MONITOR] = [1, 3, 6, 7, 12, 16];
const [NICIRA, ONF] = [0x2320, 0x4f4e_4600];
const FLOW_NXST: Extension = { id: NICIRA, type: 0 };
const MONITOR_NXST: Extension = { id: NICIRA, type: 2 };
const MONITOR_ONF: Extension = { id: ONF, type: 1870 };
const [VENDOR_MESSAGE, SET_ASYNC, REQUEST_FORWARD] = [4, 28, 32];
const [V11, V13, V14, V15] = [2, 4, 5, 6];

export class Switch {
  readonly #connection: Connection;
  readonly #monitored: { shape: MonitorShape | undefined };
  /** Of OpenFlow 1.0, when the switch does not know Nicira's. */
  #isPlain = false;

  static async open(parts: SwitchParts): Promise<Switch> {
    const monitored: { shape: MonitorShape | undefined } = { shape: undefined };
    let version = 0;
    const told = (message: Message) => {
      if (message.type === REQUEST_FORWARD) parts.groupsChanged();
      else if (message.type === VENDOR_MESSAGE) parts.rulesChanged([{ kind: 'unclear' }]);
      else if (monitored.shape) {
        const body = eventsIn(message, version);
        if (body) parts.rulesChanged(readEvents(body, monitored.shape, version));
      }
    };
    const connection = await Connection.open({ ...parts, told });
    version = connection.version;
    return new Switch(connection, monitored);
  }

  private constructor(connection: Connection, monitored: { shape: MonitorShape | undefined }) {
    this.#connection = connection;
    this.#monitored = monitored;
  }

  get version(): number {
    return this.#connection.version;
  }

  get ended(): Promise<Error> {
    return this.#connection.ended;
  }

  /** Answers that nobody had asked for. */
  get strays(): number {
    return this.#connection.strays;
  }

  end(): void {
    this.#connection.end();
  }

  /** All rules of all tables, in pieces. Throws when what comes is cut off. */
  async rules(part: (rules: readonly RawRule[]) => void): Promise<void> {
    const { version } = this;
    const cut = (shape: RuleShape) => (body: Buffer) => {
      const { rules, isWhole } = cutRules(body, shape, version);
      part(rules);
      if (!isWhole) throw new Error('a list of rules is cut off');
    };
    if (version > 1) {
      const shape = version >= V15 ? 'desc' : 'middle';
      await this.#connection.ask({ type: FLOW, body: flowRequest(version) }, cut(shape));
      return;
    }
    if (!this.#isPlain)
      try {
        const body = Buffer.from([0xff, 0xff, 0, 0, 0xff, 0, 0, 0]);
        await this.#connection.ask({ type: EXPERIMENTER, vendor: FLOW_NXST, body }, cut('nxst'));
        return;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        this.#isPlain = true;
      }
    await this.#connection.ask({ type: FLOW, body: flowRequest(version) }, cut('first'));
  }

  /** Whether the switch tells from now on what becomes of its rules. Not what is there: ask for that afterwards. */
  async monitor(): Promise<boolean> {
    const { version } = this;
    const shape = version < V13 ? 'nxst' : version === V13 ? 'onf' : 'monitor';
    const vendor = monitorOf(version);
    this.#monitored.shape = shape;
    const asking = vendor ? { type: EXPERIMENTER, vendor } : { type: FLOW_MONITOR };
    return this.#isGranted({ ...asking, body: monitorRequest(shape) }, () => undefined);
  }

  /** Asks to be told of changes of groups (OpenFlow 1.4 §7.3.10): nothing else, such as packets, is to come. */
  watchGroups(): void {
    if (this.version < V14) return;
    const masks = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1];
    const body = Buffer.alloc(masks.length * 8);
    for (const [i, mask] of masks.entries()) {
      body.writeUInt16BE(i, i * 8);
      body.writeUInt16BE(8, i * 8 + 2);
      body.writeUInt32BE(mask, i * 8 + 4);
    }
    this.#connection.send(SET_ASYNC, body);
  }

  /** False when it has none. */
  groups(part: (groups: readonly RawGroup[]) => void): Promise<boolean> {
    const { version } = this;
    if (version < V11) return Promise.resolve(false);
    return this.#isGranted({ type: GROUP_DESC, ...(version >= V15 && { body: ALL_GROUPS }) }, (body) => {
      const { groups, isWhole } = cutGroups(body, version);
      part(groups);
      if (!isWhole) throw new Error('a list of groups is cut off');
    });
  }

  groupCounters(part: (counters: readonly GroupCounters[]) => void): Promise<boolean> {
    return this.#isGranted({ type: GROUP, body: ALL_GROUPS }, (body) => part(readGroupCounters(body)));
  }

  /** Names that were given to tables. */
  async tableNames(): Promise<ReadonlyMap<number, string>> {
    const names = new Map<number, string>();
    const add = (table: number, bytes: Buffer) => {
      const name = cString(bytes);
      // Without a name of its own a table is called by its number.
      if (name !== '' && name !== `table${table}`) names.set(table, name);
    };
    const { version } = this;
    const [idAt, nameAt] = version >= V13 ? [2, 8] : [0, version === 1 ? 4 : 8];
    const fixed = version >= V13 ? 0 : version === 1 ? 64 : version === V11 ? 88 : 128;
    await this.#isGranted({ type: version >= V13 ? TABLE_FEATURES : TABLE }, (body) => {
      let at = 0;
      while (at + 64 <= body.length) {
        const length = fixed || body.readUInt16BE(at);
        if (length < 64 || at + length > body.length) break;
        add(body.readUInt8(at + idAt), body.subarray(at + nameAt, at + nameAt + 32));
        at += length;
      }
    });
    return names;
  }

  async #isGranted(asking: Parameters<Connection['ask']>[0], part: (body: Buffer) => void): Promise<boolean> {
    try {
      await this.#connection.ask(asking, part);
      return true;
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  }
}

const ALL_GROUPS = Buffer.from([0xff, 0xff, 0xff, 0xfc, 0, 0, 0, 0]);

/** All tables, to any port, of any group, whatever the match. */
function flowRequest(version: number): Buffer {
  if (version === 1) {
    const body = Buffer.alloc(44);
    body.writeUInt32BE(0x003f_ffff, 0);
    body.writeUInt8(0xff, 40);
    body.writeUInt16BE(0xffff, 42);
    return body;
  }
  const head = Buffer.alloc(32);
  head.writeUInt8(0xff, 0);
  head.writeUInt32BE(0xffff_ffff, 4);
  head.writeUInt32BE(0xffff_ffff, 8);
  if (version > V11) return Buffer.concat([head, Buffer.from([0, 1, 0, 4, 0, 0, 0, 0])]);
  const match = Buffer.alloc(88);
  match.writeUInt16BE(88, 2);
  match.writeUInt32BE(0x3ff, 8);
  for (const [from, to] of [
    [18, 24],
    [30, 36],
    [48, 52],
    [56, 60],
    [80, 88],
  ] as const)
    match.fill(0xff, from, to);
  return Buffer.concat([head, match]);
}

/** What the monitor tells later has the shape of its answer, without anybody having asked. */
function eventsIn({ type, body }: Message, version: number): Buffer | undefined {
  if (type !== (version === 1 ? 17 : 19) || body.length < 8) return undefined;
  const vendor = monitorOf(version);
  if (body.readUInt16BE(0) !== (vendor ? EXPERIMENTER : FLOW_MONITOR)) return undefined;
  if (!vendor) return body.subarray(8);
  const at = version === 1 ? 4 : 8;
  const isIt = body.length >= 16 && body.readUInt32BE(at) === vendor.id && body.readUInt32BE(at + 4) === vendor.type;
  return isIt ? body.subarray(16) : undefined;
}

/** Whose monitor it is; undefined when it is OpenFlow's own. */
function monitorOf(version: number): Extension | undefined {
  if (version >= V14) return undefined;
  return version === V13 ? MONITOR_ONF : MONITOR_NXST;
}
