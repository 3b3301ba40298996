/**
 * Asks by how they behave. Each kind has room of its own, so that what an agent is to do (captures, keys) waits neither
 * for questions that take long nor for packets that are on their way for minutes.
 */
export interface AskLane {
  readonly name: string;
  /** Of one agent, at a time. */
  readonly most: number;
  /** That wait until one of these is over; the next is refused. */
  readonly waitingMax: number;
  /** Of one answer, encoded and not read yet. */
  readonly bytesMax: number;
}

/** Of heavy answers: parts of flows and packets. */
const HEAVY = 64 * 1024 * 1024;
/** How far something has come, which is read at once. */
const LIGHT = 1024 * 1024;

const questions: AskLane = { name: 'questions', most: 16, waitingMax: 0, bytesMax: HEAVY };
const orders: AskLane = { name: 'orders', most: 16, waitingMax: 1_024, bytesMax: HEAVY };
/** As many as run on one host; who asks for more hears so. */
const injections: AskLane = { name: 'injections', most: 256, waitingMax: 0, bytesMax: LIGHT };
/** Each ends by itself. They wait here and not there: time that a dial has begins when it does. */
const dials: AskLane = { name: 'dials', most: 256, waitingMax: 16_384, bytesMax: LIGHT };
/** A dial may wait while its drops are watched: these have places of their own, or neither would come to its end. */
const drops: AskLane = { name: 'watches of drops', most: 64, waitingMax: 0, bytesMax: 4 * 1024 * 1024 };
const tails: AskLane = { name: 'tails', most: 16, waitingMax: 0, bytesMax: HEAVY };

const byWhat: ReadonlyMap<string, AskLane> = new Map([
  ['captures', orders],
  ['keys', orders],
  ['inject-forget', orders],
  ['inject', injections],
  ['dial', dials],
  ['drops', drops],
  ['tail', tails],
]);

export function laneOf(what: string): AskLane {
  return byWhat.get(what) ?? questions;
}

/** An agent takes so many times what an analyzer asks at once: what was called off may still be coming to its end. */
export const AGENTS_ROOM = 2;
