/** Messages as bytes: `Message` of relay.proto. */
import type { Message, Reply } from '../message.ts';
import { MESSAGE_BYTES_MAX } from './bounds.ts';
import { WireFault } from './fault.ts';
import { decodeFlows, encodeFlows } from './flows.ts';
import { bytesOf, decodeAs, wire } from './generated.ts';
import { fromJson, toJson } from './json.ts';

export function encodeMessage(message: Message): Uint8Array {
  switch (message.kind) {
    case 'hello': {
      const { versions, ...hello } = message;
      return bytesOf(wire.Message, { hello: { ...hello, versionMin: versions.min, versionMax: versions.max } });
    }
    case 'welcome':
      return bytesOf(wire.Message, { welcome: message });
    case 'refusal':
      return bytesOf(wire.Message, { refusal: message });
    case 'batch':
      return bytesOf(wire.Message, { batch: message });
    case 'ack':
      return bytesOf(wire.Message, { ack: { kept: message.kept, wants: message.wants ?? null } });
    case 'beat':
      return bytesOf(wire.Message, { beat: { sentAt: message.sentAt, echo: message.echo ?? null } });
    case 'ask':
      return bytesOf(wire.Message, { ask: { id: message.id, what: message.what, body: jsonOf(message.body) } });
    case 'reply':
      return bytesOf(wire.Message, { reply: fromReply(message) });
    case 'cancel':
      return bytesOf(wire.Message, { cancel: message });
  }
}

/** Throws a WireFault, and nothing else. Bytes of facts are a view of those given. */
export function decodeMessage(bytes: Uint8Array): Message {
  if (bytes.length > MESSAGE_BYTES_MAX) throw new WireFault(`message of ${bytes.length} bytes`, 0);
  const read = decodeAs(wire.Message, bytes, 0);
  if (read.hello) {
    const { versionMin, versionMax, software, agent, run, host, role, spool, first, next, sentAt } = read.hello;
    if (role !== 'home' && role !== 'mirror') throw new WireFault(`hello in the role '${role}'`, 0);
    const versions = { min: versionMin, max: versionMax };
    return { kind: 'hello', versions, software, agent, run, host, role, spool, first, next, sentAt };
  }
  if (read.welcome) {
    const { version, software, analyzer, kept, wants, batchesMax, bytesMax, echo, sentAt } = read.welcome;
    const all = { version, software, analyzer, kept, wants: wantsOf(wants), batchesMax, bytesMax, echo, sentAt };
    return { kind: 'welcome', ...all };
  }
  if (read.refusal) {
    const { code, message, isFinal } = read.refusal;
    // A code that is named later is passed on as it is.
    return { kind: 'refusal', code: code as Extract<Message, { kind: 'refusal' }>['code'], message, isFinal };
  }
  if (read.batch) return { kind: 'batch', seq: read.batch.seq, facts: read.batch.facts };
  if (read.ack) {
    const { kept, wants } = read.ack;
    return { kind: 'ack', kept, ...(wants && { wants: wantsOf(wants) }) };
  }
  if (read.beat) {
    const { sentAt, echo } = read.beat;
    return { kind: 'beat', sentAt, ...(echo && { echo: { sentAt: echo.sentAt, receivedAt: echo.receivedAt } }) };
  }
  if (read.ask) return { kind: 'ask', id: read.ask.id, what: read.ask.what, body: fromJson(read.ask.body, 0) };
  if (read.reply) return toReply(read.reply);
  if (read.cancel) return { kind: 'cancel', id: read.cancel.id };
  throw new WireFault('no message of a kind that is known', 0);
}

function jsonOf(body: unknown): Uint8Array {
  return body === undefined ? NOTHING : toJson(body);
}

function wantsOf(wants: { graph?: boolean | null; sockets?: boolean | null } | null | undefined) {
  return { graph: wants?.graph ?? false, sockets: wants?.sockets ?? false };
}

function fromReply({ id, isLast, body, flows, bytes, fault }: Reply) {
  return {
    id,
    isLast,
    body: body === undefined ? null : toJson(body),
    flows: flows ? encodeFlows(flows) : null,
    data: bytes ?? null,
    fault: fault ? { code: fault.code, message: fault.message, hint: fault.hint ?? null } : null,
  };
}

function toReply({ id, isLast, body, flows, data, fault }: InstanceType<typeof wire.Reply>): Reply {
  return {
    kind: 'reply',
    id,
    isLast,
    ...(body != null && { body: fromJson(body, 0) }),
    ...(flows != null && { flows: decodeFlows(flows) }),
    ...(data != null && { bytes: new Uint8Array(data) }),
    ...(fault && {
      fault: { code: fault.code, message: fault.message, ...(fault.hint != null && { hint: fault.hint }) },
    }),
  };
}

const NOTHING = new Uint8Array(0);
