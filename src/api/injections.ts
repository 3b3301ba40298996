/** `/api/injectpacket`: injections as Skydive's clients make, read and delete them. */
import { newInjectionShape, type WireInjection } from '../contract/injection.ts';
import type { Injection, InjectionAsked, Injections } from '../injection/injection.ts';
import { Unavailable } from '../std/unavailable.ts';
import { issuesText } from './issues-text.ts';
import type { Routes } from './later-routes.ts';
import type { ApiLimits } from './limits.ts';
import { notCreated, type Outcome, type ResourceDoor, resourceRoutes } from './resource-routes.ts';

export function injectionRoutes(app: Routes, injections: Injections, limits: ApiLimits): void {
  const its = { ...limits, bodyBytesMax: limits.injectionBytesMax };
  resourceRoutes(app, '/api/injectpacket', new InjectionDoor(injections), its);
}

class InjectionDoor implements ResourceDoor {
  readonly #injections: Injections;

  constructor(injections: Injections) {
    this.#injections = injections;
  }

  list(): Outcome {
    return { status: 200, json: Object.fromEntries(this.#injections.list().map((one) => [one.UUID, shown(one)])) };
  }

  read(id: string): Outcome {
    const found = this.#injections.get(id);
    return found ? { status: 200, json: shown(found) } : notFound(id);
  }

  async create(body: unknown): Promise<Outcome> {
    const asked = newInjectionShape.safeParse(withoutNulls(body));
    if (!asked.success) return { status: 400, text: issuesText(asked.error) };
    try {
      return { status: 201, json: shown(await this.#injections.create(saidOf(asked.data))) };
    } catch (error) {
      if (error instanceof Unavailable) return { status: 503, text: error.message };
      return notCreated(error);
    }
  }

  async remove(id: string): Promise<Outcome> {
    return (await this.#injections.remove(id)) ? { status: 200, text: '' } : notFound(id);
  }
}

function shown(injection: Injection): WireInjection {
  return injection as WireInjection;
}

/** As Go's clients write what they have not. */
function withoutNulls(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

/** What is empty was not asked for. */
function saidOf(asked: object): InjectionAsked {
  const said = Object.entries(asked).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(said) as InjectionAsked;
}

function notFound(id: string): Outcome {
  return { status: 404, text: `Injection '${id}' not found` };
}
