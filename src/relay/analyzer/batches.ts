/** Batches that agents tell: each once and in its order, into the graph at once and into the archive as it comes to it. */
import type { Batch, Facts, Refusal } from '../message.ts';
import type { Intake } from './intake.ts';
import type { KnownAgent } from './known-agent.ts';
import { heldBytesOf, type Pressure } from './pressure.ts';
import type { Session } from './session.ts';
import { oddNumber } from './trusted.ts';

export interface BatchesParts {
  readonly intake: Intake;
  readonly pressure: Pressure;
  /** Throws when they are none. */
  readonly decode: (facts: Uint8Array) => Facts;
  /** Facts that an agent told its home, in this turn. What it gives is called once they are kept. */
  readonly told: ((agent: string, facts: Facts) => (() => void) | undefined) | undefined;
  /** Something was taken of it. */
  readonly changed: (known: KnownAgent) => void;
  /** Of this analyzer, now. */
  readonly connections: () => number;
}

export class Batches {
  readonly #parts: BatchesParts;
  /** Of those that mirror, the last batch that was taken. */
  readonly #mirrored = new WeakMap<Session, number>();

  constructor(parts: BatchesParts) {
    this.#parts = parts;
  }

  /** A mirror always begins with a whole picture, and its numbers with its connection. */
  beginMirror(session: Session): void {
    this.#mirrored.set(session, 0);
  }

  /** Gives why it is refused. */
  take({ seq, after, facts: bytes }: Batch, known: KnownAgent, session: Session): Refused | undefined {
    const { intake, pressure, told, changed } = this.#parts;
    const isMirror = known.role === 'mirror';
    const taken = isMirror ? (this.#mirrored.get(session) ?? 0) : known.lane.taken;
    if (seq <= taken) {
      known.taken.repeated++;
      this.ack(known);
      return undefined;
    }
    if (after > taken || after >= seq)
      return refused(`batch ${seq} follows ${after}, and ${taken} is the last that came`);
    const facts = this.#read(bytes);
    if (typeof facts === 'string') return refused(`batch ${seq} of ${known.host} cannot be read: ${facts}`);
    const neededSockets = known.needsSockets;
    known.took(facts, seq);
    changed(known);
    if (isMirror) {
      if (intake.takeMirrored(facts, known)) known.needsGraph = true;
      this.#mirrored.set(session, seq);
      this.ack(known);
      return undefined;
    }
    const kept = told?.(known.agent, facts);
    const { isMissing, foreign, keep } = intake.take(facts, known, { isFirst: neededSockets && !known.needsSockets });
    if (isMissing) known.needsGraph = true;
    known.taken.foreign += foreign;
    const { spool } = known.lane;
    known.lane.put({
      seq,
      bytes: heldBytesOf(bytes, facts),
      keep: async () => {
        known.taken.unresolved += await keep(spool, seq);
        kept?.();
      },
    });
    if (pressure.isShut) session.pause();
    return undefined;
  }

  /** Says how far it is kept, and how much more may come. */
  ack(known: KnownAgent): void {
    const { session, wants } = known;
    if (!session) return;
    const isMirror = known.role === 'mirror';
    const kept = isMirror ? (this.#mirrored.get(session) ?? 0) : known.lane.kept;
    const { pressure, connections } = this.#parts;
    session.ack(wants ? { kept, wants } : { kept }, pressure.window(connections()));
  }

  /** Text: why they are none. */
  #read(bytes: Uint8Array): Facts | string {
    try {
      const facts = this.#parts.decode(bytes);
      const odd = oddNumber(facts);
      return odd === undefined ? facts : `${odd} is none`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

type Refused = Omit<Refusal, 'kind'>;

function refused(message: string): Refused {
  return { code: 'protocol', message, isFinal: false };
}
