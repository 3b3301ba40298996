/** Standing conditions: which there are, how each stands, and what became of them. */
import type { AlertEvent, AlertMessage, AlertState, NewAlert } from '../contract/alert.ts';
import type { Commit } from '../graph/change.ts';
import { parseDuration } from '../std/duration.ts';
import { mistake } from '../std/mistake.ts';
import { actionOf, shownAction } from './action.ts';
import type { Alert, AllAlerts, Delivery } from './alert.ts';
import { Hearing } from './hearing.ts';
import { History } from './history.ts';
import { judge } from './judge.ts';
import { Keeping } from './keeping.ts';
import { keptStanding } from './kept-reason.ts';
import { type Looked, Looking } from './looking.ts';
import { eventOf, messageOf, spoken } from './message.ts';
import type { AlertsParts } from './parts.ts';
import { type Reason, type Standing, stood } from './standing.ts';
import { stateOf } from './state.ts';
import { Telling } from './telling.ts';
import { Turn } from './turn.ts';

/** Where others are read from was not there: asked again after so long. */
const GO_ON_AGAIN_MS = 1_000;

export class Alerts {
  readonly #parts: AlertsParts;
  readonly #standings = new Map<string, Standing>();
  readonly #hearing = new Hearing();
  readonly #looking: Looking;
  readonly #telling: Telling;
  readonly #keeping: Keeping;
  readonly #turn: Turn;
  /** When each was told last. */
  readonly #toldAt = new Map<string, number>();
  readonly #stopping = new AbortController();
  #goOnAgain: (() => void) | undefined;
  readonly #counts = { fired: 0, resolved: 0 };
  readonly #history: History;
  #isRunning = false;

  constructor(parts: AlertsParts) {
    this.#parts = parts;
    const { clock, kept, log, random, limits, usedMs } = parts;
    const written = kept.written?.bind(kept);
    const write = (kept.writeInPieces ?? kept.write).bind(kept);
    this.#turn = new Turn(parts);
    this.#history = new History({ max: limits.history });
    this.#keeping = new Keeping({
      ...{ clock, log, written, isPatient: written !== undefined },
      write: () => {
        // Another may have written meanwhile.
        if (this.#isRunning && this.#turn.fault !== undefined) throw new Error(this.#turn.fault);
        this.#hearing.seal();
        return write(this.#all(this.list()));
      },
    });
    this.#looking = new Looking({
      ...{ clock, random, usedMs },
      look: parts.look,
      log,
      lookMs: limits.lookMs,
      seen: (looked, reason) => this.#seen(looked, reason),
      failed: (looked, error) => this.#failed(looked, error),
    });
    this.#telling = new Telling({
      clock,
      random,
      limits,
      // Nor while it could not be kept that it was told.
      mayTell: () => parts.isFirst() && this.#turn.fault === undefined,
      send: (delivery, signal) => this.#send(delivery, signal),
      changed: () => this.#keeping.due(),
      ended: (delivery, how, note) => this.#ended(delivery, how, note),
    });
  }

  /** What was kept, and what it waits for. The note says what was wrong with it. */
  start(): string | undefined {
    const { lists, note } = this.#parts.kept.read();
    this.#adopt(lists);
    // Also where another looks: it is known how they stand.
    this.#adoptState(lists);
    if (this.#parts.isFirst()) void this.#goOn(this.#parts.kept.look ? undefined : lists);
    return note;
  }

  async stop(): Promise<void> {
    this.#goOnAgain?.();
    await this.#looking.stop();
    await this.#telling.stop();
    await this.#keeping.stop();
    const { unkept } = this.#telling;
    if (unkept > 0) this.#parts.log.warn(`alerts: ${unkept} messages could not be kept, and are lost`);
    this.#isRunning = false;
    this.#stopping.abort();
  }

  /** It may be another's turn to look now, or ours. */
  setFirst(): void {
    if (this.#stopping.signal.aborted) return;
    if (this.#isRunning && !this.#turn.isOurs()) this.#giveWay();
    if (!this.#parts.isFirst()) return;
    if (this.#isRunning) this.#telling.go();
    else void this.#goOn();
  }

  /** Others changed them. */
  replace(lists: AllAlerts): void {
    this.#adopt(lists);
    if (this.#isRunning) {
      // How they stand is ours to say, also where one that has lost its turn wrote late.
      this.#keeping.due();
      return;
    }
    const news = this.#adoptState(lists);
    const standing = (id: string) => this.#standings.get(id);
    this.#hearing.hearOf(news, { alert: (id) => this.get(id), standing, host: this.#parts.host });
  }

  /** The graph has changed. */
  saw(commit: Pick<Commit, 'events'>): void {
    if (commit.events.length > 0) this.#looking.due();
  }

  /** The result ends it. */
  listen(listener: (message: AlertMessage) => void): () => void {
    return this.#hearing.listen(listener);
  }

  list(): Alert[] {
    return this.#looking.all().map(({ alert }) => alert);
  }

  get(id: string): Alert | undefined {
    return this.#looking.get(id);
  }

  /** Throws a Mistake with all that is wrong with it. */
  create(asked: NewAlert): Alert {
    const { limits, newId, clock } = this.#parts;
    if (this.#looking.size >= limits.alerts)
      throw mistake('alert.limit', `there are ${limits.alerts} alerts already`, 'delete some');
    judge(asked, this.#parts);
    const alert = { UUID: newId(), ...spoken(asked), CreateTime: new Date(clock.now()).toISOString() };
    this.#put(alert);
    return alert;
  }

  /** Undefined when there is none. Throws a Mistake. How it stands stays, until it is looked at next. */
  update(id: string, asked: NewAlert): Alert | undefined {
    const before = this.get(id);
    if (before === undefined) return undefined;
    judge(asked, this.#parts);
    const alert = { UUID: id, ...spoken(asked), CreateTime: before.CreateTime };
    this.#put(alert);
    return alert;
  }

  /** False when there is none. */
  delete(id: string): boolean {
    if (this.get(id) === undefined) return false;
    const standing = this.#standings.get(id);
    this.#standings.delete(id);
    try {
      this.#write(this.list().filter(({ UUID }) => UUID !== id));
    } catch (error) {
      if (standing) this.#standings.set(id, standing);
      throw error;
    }
    this.#forget(id);
    // What it had to say is not said any more.
    this.#keeping.due();
    return true;
  }

  states(): AlertState[] {
    // Where another tells, what waits is as it said it last.
    const waiting = this.#isRunning ? this.#telling.waiting() : this.#parts.kept.read().lists.deliveries;
    const byAlert = Map.groupBy(waiting, ({ Alert }) => Alert);
    const held = this.held();
    const said = this.#isRunning ? { held } : { unknown: held };
    return this.#looking.all().map((looked) => {
      const { UUID, Expression } = looked.alert;
      const warnings = this.#parts.warnings(Expression);
      const its = { standing: this.#standings.get(UUID), waiting: byAlert.get(UUID) ?? [], warnings };
      return stateOf({ looked, ...its, ...said });
    });
  }

  /** Why nobody is told for now, or what another finds is not known here. Undefined: all is well. */
  held(): string | undefined {
    const { away, written } = this.#parts.kept;
    if (written === undefined) return undefined;
    if (!this.#isRunning) return away && `they are as they were last, and nobody looks here: ${away}`;
    const why = this.#turn.fault ?? this.#keeping.fault;
    return why && `what is found waits, and nobody is told: ${why}`;
  }

  history(): readonly AlertEvent[] {
    return this.#history.all();
  }

  /** Tells whoever would be told that this is a test. Rejects with why that failed; false when there is no such alert. */
  async test(id: string): Promise<boolean> {
    const alert = this.get(id);
    if (alert === undefined) return false;
    const action = actionOf(alert.Action, this.#parts.actionRules);
    if (action.kind === 'none') throw mistake('alert.action', 'nobody would be told: the alert has no action');
    const { act, clock, host, newId } = this.#parts;
    const atMs = clock.now();
    const standing = { UUID: id, State: 'firing', Since: atMs, Firing: newId() } as const;
    const message = messageOf({ alert, standing, state: 'firing', atMs, host });
    await act(action, { ...message, Test: true }, this.#stopping.signal);
    return true;
  }

  status() {
    const standings = [...this.#standings.values()];
    return {
      alerts: this.#looking.size,
      firing: standings.filter(({ State }) => State === 'firing').length,
      pending: standings.filter(({ State }) => State === 'pending').length,
      failing: standings.filter(({ Error: error }) => error !== undefined).length,
      waiting: this.#telling.waiting().length,
      isFirst: this.#isRunning,
      held: this.held(),
      unheard: this.#hearing.unheard,
      told: this.#telling.counts,
      ...this.#looking.counts,
      ...this.#counts,
    };
  }

  /** From where the one before was: what it wrote last is read first, or it would be told again under another id. */
  async #goOn(known?: AllAlerts): Promise<void> {
    const { clock, isFirst, kept } = this.#parts;
    this.#goOnAgain?.();
    this.#goOnAgain = undefined;
    try {
      if (kept.look) await kept.look();
      if (kept.written) await kept.written();
    } catch {
      this.#goOnAgain = clock.after(GO_ON_AGAIN_MS, () => this.setFirst());
      return;
    }
    if (this.#isRunning || !isFirst() || this.#stopping.signal.aborted) return;
    this.#isRunning = true;
    this.#turn.begin();
    this.#telling.pause(false);
    const lists = known ?? kept.read().lists;
    this.#adopt(lists);
    this.#adoptState(lists);
    for (const delivery of lists.deliveries) if (this.get(delivery.Alert)) this.#telling.add(delivery);
    this.#looking.run(true);
    this.#telling.go();
  }

  /** Another has looked since: how it found them is what counts. */
  #giveWay(): void {
    const { kept, log } = this.#parts;
    const { unkept } = this.#telling;
    if (unkept > 0)
      log.warn(`alerts: ${unkept} messages that waited here are not told: another went on, and tells what it finds`);
    this.#isRunning = false;
    this.#turn.end();
    this.#telling.pause(true);
    this.#looking.run(false);
    const { lists } = kept.read();
    this.#adopt(lists);
    this.#adoptState(lists);
  }

  /** Kept before it counts: throws when it cannot be. */
  #put(alert: Alert): void {
    const others = this.list().filter(({ UUID }) => UUID !== alert.UUID);
    this.#write([...others, alert]);
    this.#looking.watch(alert);
  }

  #forget(id: string): void {
    this.#looking.forget(id);
    this.#standings.delete(id);
    this.#toldAt.delete(id);
    this.#telling.forget(id);
  }

  #seen({ alert }: Looked, reason: Reason | undefined): void {
    const { clock, limits, newId } = this.#parts;
    const atMs = clock.now();
    // A process that stood still finds that another looks, or will find that it is still its own turn.
    if (!this.#turn.isOurs()) {
      this.#looking.lookAgain(alert.UUID, atMs + GO_ON_AGAIN_MS);
      return;
    }
    const { Error: wasError, ...before } = this.#standingOf(alert.UUID, atMs);
    const patience = { forMs: msOf(alert.For), keepMs: msOf(alert.KeepFor) };
    const { standing, told, againAt } = stood(before, { atMs, reason }, patience, newId);
    const isChange = told === 'firing' && (standing.Sequence ?? 1) > 1;
    const mayTellAt = (this.#toldAt.get(alert.UUID) ?? 0) + limits.changedMs;
    if (isChange && atMs < mayTellAt) {
      this.#looking.lookAgain(alert.UUID, mayTellAt);
      return;
    }
    this.#standings.set(alert.UUID, standing);
    if (againAt !== undefined) this.#looking.lookAgain(alert.UUID, againAt);
    if (told) this.#tell(alert, standing, told, atMs);
    else if (standing.State !== before.State || wasError !== undefined) this.#keeping.due();
  }

  /** It stays as it was; others are to know why, too. */
  #failed({ alert }: Looked, error: string): void {
    const before = this.#standingOf(alert.UUID, this.#parts.clock.now());
    if (before.Error === error || !this.#turn.isOurs()) return;
    this.#standings.set(alert.UUID, { ...before, Error: error });
    this.#keeping.due();
  }

  #standingOf(id: string, now: number): Standing {
    return this.#standings.get(id) ?? { UUID: id, State: 'inactive', Since: now };
  }

  #tell(alert: Alert, standing: Standing, state: 'firing' | 'resolved', atMs: number): void {
    this.#toldAt.set(alert.UUID, atMs);
    if (state === 'resolved') this.#counts.resolved++;
    else if (standing.Sequence === 1) this.#counts.fired++;
    const message = messageOf({ alert, standing, state, atMs, host: this.#parts.host });
    const isSilenced = alert.SilencedUntil !== undefined && Date.parse(alert.SilencedUntil) > atMs;
    const told = alert.Action === '' ? 'nobody' : isSilenced ? 'silenced' : 'waiting';
    this.#history.add(eventOf(alert, message, { reason: standing.Reason?.text ?? '', told }));
    const { UUID, Action } = alert;
    const { news, isFirst } = this.#hearing.add(message);
    const delivery = { ID: message.ID, Alert: UUID, Action, Message: message, Tries: 0, Since: atMs };
    if (told === 'waiting') this.#telling.add({ ...delivery, Chars: JSON.stringify(message).length }, news.number);
    const { number } = this.#turn;
    const kept = () => {
      if (number !== this.#turn.number) return;
      this.#hearing.hear(news);
      this.#telling.kept(news.number);
    };
    // Before it is sent: after a crash, and where another goes on, it is known what was to be told.
    this.#keeping.due(isFirst ? kept : undefined);
  }

  #send(delivery: Delivery, signal: AbortSignal): Promise<void> {
    const { act, actionRules } = this.#parts;
    return act(actionOf(delivery.Action, actionRules), delivery.Message, signal);
  }

  #ended(delivery: Delivery, how: 'done' | 'failed', note: string | undefined): void {
    this.#history.ended(delivery.ID, how, note);
    if (how === 'failed')
      this.#parts.log.warn(`alert ${delivery.ID}: ${shownAction(delivery.Action)} was not told: ${note}`);
  }

  #adopt({ alerts }: AllAlerts): void {
    const ids = new Set(alerts.map(({ UUID }) => UUID));
    for (const { UUID } of this.list()) if (!ids.has(UUID)) this.#forget(UUID);
    for (const alert of alerts)
      if (JSON.stringify(this.get(alert.UUID)) !== JSON.stringify(alert)) this.#looking.watch(alert);
  }

  /** Gives what is new. */
  #adoptState({ standings, history }: AllAlerts): AlertEvent[] {
    this.#standings.clear();
    for (const standing of standings) this.#standings.set(standing.UUID, standing);
    return this.#history.adopt(history);
  }

  #write(alerts: readonly Alert[]): void {
    this.#parts.kept.write(this.#all(alerts));
  }

  #all(alerts: readonly Alert[]): AllAlerts {
    const standings = [...this.#standings.values()].filter(isWorthKeeping).map(keptStanding);
    // What is another's to say stays as it said it.
    const { kept } = this.#parts;
    const mine = { standings, deliveries: this.#telling.waiting(), history: this.#history.all() };
    const isMine = this.#isRunning && this.#turn.fault === undefined;
    return { ...(isMine ? mine : kept.read().lists), alerts };
  }
}

function isWorthKeeping({ State, Error: error }: Standing): boolean {
  return State !== 'inactive' || error !== undefined;
}

function msOf(text: string | undefined): number {
  return text === undefined ? 0 : (parseDuration(text) ?? 0);
}
