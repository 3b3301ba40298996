/** Messages as bytes: `Message` of relay.proto. */
import type { Message, Refusal, Reply } from '../message.ts';
import { MESSAGE_BYTES_MAX } from './bounds.ts';
import { WireFault } from './fault.ts';
import { decodeFlows, encodeFlows } from './flows.ts';
import { bytesOf, decodeAs, part, wire } from './generated.ts';
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
      return bytesOf(wire.Message, {
        ack: { kept: message.kept, wants: message.wants ?? null, window: message.window ?? null },
      });
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
  const hello = part(wire.Hello, read.hello);
  if (hello) {
    const { versionMin, versionMax, software, agent, run, host, role, spool, first, next, sentAt } = hello;
    if (role !== 'home' && role !== 'mirror') throw new WireFault(`hello in the role '${role}'`, 0);
    const versions = { min: versionMin, max: versionMax };
    return { kind: 'hello', versions, software, agent, run, host, role, spool, first, next, sentAt };
  }
  const welcome = part(wire.Welcome, read.welcome);
  if (welcome) {
    const { version, software, analyzer, kept, wants, batchesMax, bytesMax, echo, sentAt } = welcome;
    const all = { version, software, analyzer, kept, wants: wantsOf(wants), batchesMax, bytesMax, echo, sentAt };
    return { kind: 'welcome', ...all };
  }
  const refusal = part(wire.Refusal, read.refusal);
  if (refusal) {
    const { code, message, isFinal } = refusal;
    // A code that is named later is passed on as it is.
    return { kind: 'refusal', code: code as Refusal['code'], message, isFinal };
  }
  const batch = part(wire.Batch, read.batch);
  if (batch) return { kind: 'batch', seq: batch.seq, after: batch.after, facts: batch.facts };
  const ack = part(wire.Ack, read.ack);
  if (ack) {
    const { kept, wants } = ack;
    const window = part(wire.Window, ack.window);
    return {
      kind: 'ack',
      kept,
      ...(wants && { wants: wantsOf(wants) }),
      ...(window && { window: { batchesMax: window.batchesMax, bytesMax: window.bytesMax } }),
    };
  }
  const beat = part(wire.Beat, read.beat);
  if (beat) {
    const echo = part(wire.BeatEcho, beat.echo);
    const { sentAt } = beat;
    return { kind: 'beat', sentAt, ...(echo && { echo: { sentAt: echo.sentAt, receivedAt: echo.receivedAt } }) };
  }
  const ask = part(wire.Ask, read.ask);
  if (ask) return { kind: 'ask', id: ask.id, what: ask.what, body: fromJson(ask.body, 0) };
  const reply = part(wire.Reply, read.reply);
  if (reply) return toReply(reply);
  const cancel = part(wire.Cancel, read.cancel);
  if (cancel) return { kind: 'cancel', id: cancel.id };
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

function toReply(read: InstanceType<typeof wire.Reply>): Reply {
  const { id, isLast, body, flows, data } = read;
  const fault = part(wire.Fault, read.fault);
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
