/**
 * What a switch tells of its rules by itself: Nicira's flow monitor (OpenFlow 1.0 to 1.2) and that of OpenFlow 1.4
 * (§7.3.5.17), which 1.3 has as an extension (ONF extension 187).
 */
import { roundUp8, whole } from './bytes.ts';
import { onlyActions, readInstructions } from './instructions.ts';
import { readMatch } from './match.ts';
import { matchLength, type Rule, readAnyMatch } from './rule.ts';

export type RuleEvent =
  | { readonly kind: 'there'; readonly rule: Rule; readonly lacks: Lack }
  /** Its actions are not told. */
  | { readonly kind: 'gone'; readonly rule: Rule }
  /** Something changed that is not told in full: all has to be read again. */
  | { readonly kind: 'unclear' };

/** What statistics tell of the rule, and the monitor does not: its flags and importance, or what it does, too. */
export type Lack = 'nothing' | 'flags' | 'actions';

export type MonitorShape = 'nxst' | 'onf' | 'monitor';

/** Adds, removals, changes, with actions; also what we did ourselves. */
export function monitorRequest(shape: MonitorShape): Buffer {
  if (shape === 'nxst') {
    const body = Buffer.alloc(16);
    body.writeUInt32BE(1, 0);
    body.writeUInt16BE(ADD | REMOVE | MODIFY | ACTIONS | OWN, 4);
    body.writeUInt16BE(0xffff, 6);
    body.writeUInt8(0xff, 10);
    return body;
  }
  const body = Buffer.alloc(24);
  body.writeUInt32BE(1, 0);
  // All packets: a match of OXM with nothing in it.
  body.writeUInt16BE(1, 16);
  body.writeUInt16BE(4, 18);
  if (shape === 'onf') {
    body.writeUInt16BE(ADD | REMOVE | MODIFY | ACTIONS | OWN, 4);
    body.writeUInt16BE(4, 6);
    body.writeUInt32BE(0xffff_ffff, 8);
    body.writeUInt8(0xff, 12);
    return body;
  }
  body.writeUInt32BE(0xffff_ffff, 4);
  body.writeUInt32BE(0xffff_ffff, 8);
  // Not to be spared abbreviations: Open vSwitch 3.1 refuses that, and they are of what we do ourselves, which is nothing.
  body.writeUInt16BE(ADD | REMOVE | MODIFY | ACTIONS, 12);
  body.writeUInt8(0xff, 14);
  return body;
}

const [ADD, REMOVE, MODIFY, ACTIONS, OWN] = [2, 4, 8, 16, 32];

export function readEvents(body: Buffer, shape: MonitorShape, version: number): RuleEvent[] {
  const events: RuleEvent[] = [];
  let at = 0;
  while (at < body.length) {
    const length = at + 4 <= body.length ? body.readUInt16BE(at) : 0;
    if (length < 4 || at + length > body.length) {
      events.push({ kind: 'unclear' });
      break;
    }
    events.push(readEvent(body.subarray(at, at + length), shape, version) ?? { kind: 'unclear' });
    at += length;
  }
  return events;
}

/** Undefined when it is something else: an abbreviation, or that the monitor pauses or goes on. */
function readEvent(entry: Buffer, shape: MonitorShape, version: number): RuleEvent | undefined {
  if (entry.length < 24) return undefined;
  const event = entry.readUInt16BE(2);
  if (shape !== 'monitor') {
    const [matchBytes, isGone, isOnf] = [entry.readUInt16BE(12), event === 1, shape === 'onf'];
    const from = 24 + roundUp8(matchBytes);
    if (event > 2 || from > entry.length || (isOnf && matchBytes < 4)) return undefined;
    const [match, rest] = [entry.subarray(24, 24 + matchBytes), entry.subarray(from)];
    const rule: Rule = {
      ...{ table: entry.readUInt8(14), priority: entry.readUInt16BE(6), cookie: whole(entry.subarray(16, 24)) },
      ...{ idleTimeout: entry.readUInt16BE(8), hardTimeout: entry.readUInt16BE(10), importance: 0, flags: 0 },
      match: isOnf ? readAnyMatch(match) : readMatch(match),
      instructions: isOnf ? readInstructions(rest, version) : onlyActions(rest, version),
    };
    if (isOnf && !isGone) return { kind: 'there', rule, lacks: 'flags' };
    // Instructions have no room among actions: from OpenFlow 1.1 on they cannot be told from others there.
    return isGone ? { kind: 'gone', rule } : { kind: 'there', rule, lacks: version === 1 ? 'nothing' : 'actions' };
  }
  const end = matchLength(entry, 24);
  if (event > 3 || end === undefined) return undefined;
  const rule: Rule = {
    ...{ table: entry.readUInt8(4), priority: entry.readUInt16BE(10), cookie: whole(entry.subarray(16, 24)) },
    ...{ idleTimeout: entry.readUInt16BE(6), hardTimeout: entry.readUInt16BE(8), importance: 0, flags: 0 },
    match: readAnyMatch(entry.subarray(24, end)),
    instructions: readInstructions(entry.subarray(24 + roundUp8(end - 24)), version),
  };
  return event === 2 ? { kind: 'gone', rule } : { kind: 'there', rule, lacks: 'flags' };
}
