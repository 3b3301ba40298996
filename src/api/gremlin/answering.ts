/** Runs one request and sends what it gives, batch by batch, as fast as the other side takes it. */

import { stackOf } from '../../std/stack-of.ts';
import { sliceMs } from '../limits.ts';
import { turn } from '../write.ts';
import { type Asked, readAsked } from './asked.ts';
import type { Evaluated, Evaluator } from './evaluation.ts';
import { BadRequest, failureOf, status } from './failure.ts';
import type { Gate } from './gate.ts';
import type { GremlinLimits } from './limits.ts';
import type { Request, Response } from './message.ts';
import type { GremlinParts, GremlinUser } from './parts.ts';
import type { Batch } from './results.ts';
import type { WireElements } from './wire-elements.ts';

/** Where answers go. */
export interface Outlet {
  /** A promise when the other side has to take more first. */
  send(response: Response, elements: WireElements | undefined): Promise<void> | undefined;
  /** Nobody is there any more. */
  readonly signal: AbortSignal;
}

/** What came of requests, by code; and of what they took. */
export interface AnswerCounts {
  answered(code: number, ms: number): void;
}

export class Answering {
  readonly #evaluator: Evaluator;
  readonly #parts: GremlinParts;
  readonly #limits: GremlinLimits;
  readonly #gate: Gate;
  readonly #counts: AnswerCounts;

  constructor(evaluator: Evaluator, parts: GremlinParts, limits: GremlinLimits, gate: Gate, counts: AnswerCounts) {
    this.#evaluator = evaluator;
    this.#parts = parts;
    this.#limits = limits;
    this.#gate = gate;
    this.#counts = counts;
  }

  /** Never throws: what goes wrong is an answer. Undefined when all was done in this call. */
  answer(request: Request, user: GremlinUser, outlet: Outlet): Promise<void> | undefined {
    const start = this.#parts.clock.elapsed();
    const done = (code: number) => this.#counts.answered(code, this.#parts.clock.elapsed() - start);
    try {
      const asked = this.#read(request);
      if (asked === undefined) {
        done(status.noContent);
        return outlet.send(answerTo(request, status.noContent, null), undefined);
      }
      const waiting = this.#gate.enter();
      if (waiting !== undefined) return waiting.then(() => this.#admitted(request, asked, user, outlet, done));
      return this.#admitted(request, asked, user, outlet, done);
    } catch (error) {
      return this.#failed(request, error, outlet, done);
    }
  }

  /** Undefined: there is nothing to run. */
  #read(request: Request): Asked | undefined {
    switch (request.op) {
      case 'eval':
      case 'bytecode':
        return readAsked(request, this.#limits);
      case 'close':
        return undefined;
      case 'authentication':
        throw new BadRequest(status.unauthorized, 'nobody asked for a password');
      default:
        throw new BadRequest(
          status.malformed,
          `there is no op ${request.op.slice(0, 40)}; there is eval, bytecode, authentication, close`,
        );
    }
  }

  #admitted(
    request: Request,
    asked: Asked,
    user: GremlinUser,
    outlet: Outlet,
    done: (code: number) => void,
  ): Promise<void> | undefined {
    let rest: Promise<void> | undefined;
    try {
      const evaluated = this.#evaluator.evaluate(asked, user, outlet.signal);
      rest =
        evaluated instanceof Promise
          ? evaluated.then((known) => this.#batches(request, known, outlet, done))
          : this.#first(request, evaluated, outlet, done);
    } catch (error) {
      this.#gate.leave();
      return this.#failed(request, error, outlet, done);
    }
    if (rest === undefined) {
      this.#gate.leave();
      return undefined;
    }
    return rest.catch((error) => this.#failed(request, error, outlet, done)).finally(() => this.#gate.leave());
  }

  /** Small answers go out in the call in which they were asked for. */
  #first(
    request: Request,
    evaluated: Evaluated,
    outlet: Outlet,
    done: (code: number) => void,
  ): Promise<void> | undefined {
    const batch = evaluated.results.next(evaluated.batchSize);
    if (batch instanceof Promise) return batch.then((known) => this.#batches(request, evaluated, outlet, done, known));
    if (!batch.isLast) return this.#batches(request, evaluated, outlet, done, batch);
    const sent = this.#send(request, evaluated, batch, outlet);
    done(batch.values.length === 0 ? status.noContent : status.success);
    return sent;
  }

  async #batches(
    request: Request,
    evaluated: Evaluated,
    outlet: Outlet,
    done: (code: number) => void,
    first?: Batch,
  ): Promise<void> {
    const { results, batchSize } = evaluated;
    const { clock } = this.#parts;
    let turned = clock.elapsed();
    try {
      let batch = first ?? (await results.next(batchSize));
      while (!batch.isLast) {
        // Batches that are quick to make add up.
        if (clock.elapsed() - turned > sliceMs) {
          await turn();
          turned = clock.elapsed();
        }
        const isFull = this.#send(request, evaluated, batch, outlet);
        // Who does not read holds up nobody else.
        if (isFull !== undefined) await this.#gate.aside(isFull);
        if (outlet.signal.aborted) return;
        batch = await results.next(batchSize);
      }
      await this.#send(request, evaluated, batch, outlet);
      done(status.success);
    } finally {
      results.close();
    }
  }

  #send(
    request: Request,
    { elements }: Evaluated,
    { values, bulks, isLast }: Batch,
    outlet: Outlet,
  ): Promise<void> | undefined {
    const code = !isLast ? status.partial : values.length === 0 ? status.noContent : status.success;
    const response = answerTo(request, code, code === status.noContent ? null : values);
    return outlet.send(bulks === undefined ? response : { ...response, bulks }, elements());
  }

  #failed(request: Request, error: unknown, outlet: Outlet, done: (code: number) => void): Promise<void> | undefined {
    const failure = failureOf(error, request.op === 'bytecode' ? status.serverError : status.scriptError);
    if (failure.isOurs) this.#parts.log.warn(`gremlin: ${stackOf(error)}`);
    done(failure.code);
    const { code, message: text, attributes } = failure;
    return outlet.send({ ...answerTo(request, code, null), message: text, attributes }, undefined);
  }
}

const nothing: Response['meta'] = new Map();

export function answerTo({ requestId }: Request, code: number, data: Response['data']): Response {
  return { requestId, code, message: '', attributes: nothing, data, meta: nothing };
}
