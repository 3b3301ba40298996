/** Dials of one host: so many at a time, the rest in line. */
import type { DialBegun, DialDoor, DialEvent, DialOptions, DialSocket } from '../native/dial.ts';
import { parseAddress } from '../std/address.ts';
import type { Clock } from '../std/clock.ts';
import { mistake } from '../std/mistake.ts';
import { Unavailable } from '../std/unavailable.ts';
import type { Dial, Dialled, DialQuestion } from './dial.ts';
import { type Came, failed, reached, reset, silent } from './outcome.ts';
import { knownPayload } from './payload.ts';
import { sized } from './sized.ts';

/** Sockets open at the same time. */
export const DIALS_MAX = 512;
/** Dials that wait for their turn. */
export const DIALS_WAITING_MAX = 16_384;
/** Of one dial. */
export const DIAL_TIMEOUT_MS_MAX = 600_000;

export interface DialStats {
  readonly open: number;
  readonly waiting: number;
  readonly done: number;
  /** Refused, as too many waited. */
  readonly refused: number;
}

export class Dials {
  readonly #door: DialDoor;
  readonly #clock: Clock;
  #waiting: (() => void)[] = [];
  #open = 0;
  #done = 0;
  #refused = 0;

  constructor({ door, clock }: { readonly door: DialDoor; readonly clock: Clock }) {
    this.#door = door;
    this.#clock = clock;
  }

  stats(): DialStats {
    return { open: this.#open, waiting: this.#waiting.length, done: this.#done, refused: this.#refused };
  }

  readonly dial: Dial = async (question, signal) => {
    const options = optionsOf(question);
    await this.#turn(signal);
    try {
      return await this.#dial(question, options, signal);
    } finally {
      this.#open--;
      this.#done++;
      this.#waiting.shift()?.();
    }
  };

  async #turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#open < DIALS_MAX && this.#waiting.length === 0) {
      this.#open++;
      return;
    }
    if (this.#waiting.length >= DIALS_WAITING_MAX) {
      this.#refused++;
      throw mistake('dial.busy', `${DIALS_WAITING_MAX} dials wait for their turn already`, 'fewer at a time');
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const next = () => {
      signal.removeEventListener('abort', leave);
      this.#open++;
      resolve();
    };
    const leave = () => {
      this.#waiting = this.#waiting.filter((its) => its !== next);
      reject(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    this.#waiting.push(next);
    await promise;
  }

  async #dial(question: DialQuestion, options: DialOptions, signal: AbortSignal): Promise<Dialled> {
    const socket = await this.#door.openDial(options).catch((error) => {
      throw understood(error, question);
    });
    try {
      signal.throwIfAborted();
      return await this.#follow(socket, question, signal);
    } finally {
      socket.close();
    }
  }

  async #follow(socket: DialSocket, question: DialQuestion, signal: AbortSignal): Promise<Dialled> {
    const events: DialEvent[] = [];
    let wake: (() => void) | undefined;
    const begun = socket.begin((event) => {
      events.push(event);
      wake?.();
    });
    if (begun.errno !== undefined) return refusedAtOnce(begun, begun.errno, question);
    /** The next event; nothing once the time is over. */
    const next = async (withinMs: number): Promise<DialEvent | undefined> => {
      if (events.length > 0) return events.shift();
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      const cancel = this.#clock.after(withinMs, resolve);
      signal.addEventListener('abort', wake, { once: true });
      await promise;
      cancel();
      signal.removeEventListener('abort', wake);
      signal.throwIfAborted();
      return events.shift();
    };
    const first = await next(question.timeoutMs);
    if (first === undefined) return dialled(silent({ question, timeoutMs: question.timeoutMs }), begun);
    if (first.kind === 'error') return failedLater(first, begun, question);
    if (first.kind !== 'connected') return answered(first, begun, question);
    // What it says once it is connected may be answered; held, it may be reset.
    const answerMs = question.payload === undefined ? 0 : question.timeoutMs;
    const waitMs = Math.max(answerMs, question.holdMs ?? 0);
    const second = waitMs > 0 ? await next(waitMs) : undefined;
    if (second?.kind === 'error')
      return { ...dialled(reset(second.errno ?? '', question), begun), ...errnoOf(second), rttMs: first.ms };
    if (second?.kind === 'data') return answered(second, begun, question);
    return { ...dialled(reached(first, question), begun), rttMs: first.ms };
  }
}

function refusedAtOnce(begun: DialBegun, errno: string, question: DialQuestion): Dialled {
  const came = failed({ errno, question, ...(begun.mtu !== undefined && { mtu: begun.mtu }) });
  return { ...dialled(came, begun), errno, ...(begun.mtu !== undefined && { mtu: begun.mtu }) };
}

function failedLater({ errno = '', icmp, info, ms }: DialEvent, begun: DialBegun, question: DialQuestion): Dialled {
  const mtu = errno === 'EMSGSIZE' && info !== undefined ? { mtu: info } : {};
  const own = begun.address === undefined ? {} : { own: begun.address };
  const came = failed({ errno, question, ...mtu, ...own, ...(icmp && { icmp }) });
  return { ...dialled(came, begun), errno, rttMs: ms, ...mtu, ...(icmp && { icmp }) };
}

function answered(event: DialEvent, begun: DialBegun, question: DialQuestion): Dialled {
  return { ...dialled(reached(event, question), begun), rttMs: event.ms, answerBytes: event.bytes ?? 0 };
}

function dialled({ outcome, sentence }: Came, { address, port }: DialBegun): Dialled {
  return { outcome, sentence, ...(address !== undefined && port !== undefined && { local: { address, port } }) };
}

function errnoOf({ errno }: DialEvent): Pick<Dialled, 'errno'> {
  return errno === undefined ? {} : { errno };
}

function optionsOf(question: DialQuestion): DialOptions {
  const { namespace, protocol, address, port, from, payload, size, timeoutMs } = question;
  const family = parseAddress(address)?.family;
  if (family === undefined) throw mistake('dial.address', `${address} is no IP address`, '192.0.2.1, 2001:db8::1');
  if (from !== undefined && parseAddress(from)?.family !== family)
    throw mistake('dial.from', `${from} is no IPv${family} address to dial from`);
  if (protocol !== 'icmp' && !(Number.isInteger(port) && (port as number) > 0 && (port as number) < 65_536))
    throw mistake('dial.port', `${protocol} needs a port to dial`, 'a whole number from 1 to 65535');
  if (!(timeoutMs > 0 && timeoutMs <= DIAL_TIMEOUT_MS_MAX))
    throw mistake(
      'dial.timeout',
      `a dial cannot take ${timeoutMs} ms`,
      `more than 0, and ${DIAL_TIMEOUT_MS_MAX} at most`,
    );
  if (protocol === 'tcp' && size !== undefined)
    throw mistake('dial.size', 'how large packets of TCP are is for the kernel to choose', 'icmp or udp');
  const said = payload ?? (protocol === 'udp' ? knownPayload(port as number) : undefined);
  const sent = size === undefined ? said : sized(said ?? new Uint8Array(0), { size, family });
  return {
    protocol,
    address,
    ...(namespace !== undefined && { netns: namespace }),
    ...(protocol !== 'icmp' && port !== undefined && { port }),
    ...(from !== undefined && { from }),
    ...(sent !== undefined && { payload: sent }),
    ...(size !== undefined && { dontFragment: true }),
  };
}

/** What the door refuses, as what its reader can do about it. */
function understood(error: unknown, { namespace, protocol, address, from }: DialQuestion): unknown {
  const { code, message } = error as { code?: string; message?: string };
  const what = `a dial to ${address}${namespace === undefined ? '' : ` from ${namespace}`}`;
  if (code === undefined) return error;
  if (code === 'EADDRNOTAVAIL') return new Unavailable(what, `${from} to be an address there`, { cause: error });
  if (code === 'EPERM' || code === 'EACCES') {
    const needs =
      protocol === 'icmp'
        ? 'CAP_SYS_ADMIN to enter the namespace, and CAP_NET_RAW there'
        : 'CAP_SYS_ADMIN to enter the namespace';
    return new Unavailable(what, needs, { cause: error });
  }
  return new Unavailable(what, `what it is from (${message})`, { cause: error });
}
