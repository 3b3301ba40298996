/** The composition root's part about answering: one API, whatever stands behind it. */
import { createApi } from './api/api.ts';
import type { InnerAnswer, InnerRequest } from './api/inner.ts';
import type { ApiParts } from './api/parts.ts';
import { apiLimits, gremlinLimits, queryLimits } from './app-limits.ts';
import type { Security } from './app-security.ts';
import { version } from './cli/version.ts';
import type { Loaded } from './config/load.ts';
import { lookUpConfig } from './config/look-up.ts';
import { relations } from './model/relations.ts';
import type { NodeType } from './model/vocabulary.ts';
import { steps } from './query/steps/index.ts';

export interface AnsweringParts
  extends Omit<
    ApiParts,
    'version' | 'clock' | 'configValue' | 'vocabulary' | 'gremlin' | 'limits' | keyof Security['api']
  > {
  readonly loaded: Loaded;
  readonly security: Pick<Security, 'api'>;
  /** What nodes can be. */
  readonly types: readonly NodeType[];
  /** Where to listen. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Epoch ms; the clock of this machine when it is left out. */
  readonly now?: () => number;
  /** Drivers of Gremlin have a door of their own. */
  readonly hasGremlin: boolean;
}

export interface Answering extends AsyncDisposable {
  readonly place: { readonly host: string; readonly port: number; readonly isSecure: boolean };
  /** As a request from outside would be answered for one who may only look. `name` is for the log of who did what. */
  askToRead(name: string, request: InnerRequest, signal: AbortSignal): Promise<InnerAnswer>;
}

export async function startApi(parts: AnsweringParts): Promise<Answering> {
  const { loaded, security, types, listen, hasGremlin, now = Date.now, ...network } = parts;
  const { config } = loaded;
  const clock = { now, elapsed: () => performance.now() };
  const api = createApi({
    ...network,
    clock,
    version: version(),
    configValue: (key) => lookUpConfig(loaded, key),
    ...security.api,
    vocabulary: { types, relations, steps },
    ...(hasGremlin && {
      gremlin: async () => {
        const { networkGremlin } = await import('./app-gremlin.ts');
        const limits = { limits: gremlinLimits(config), traversalLimits: queryLimits(config) };
        return networkGremlin({ ...network, clock }, limits);
      },
    }),
    limits: apiLimits(config, network.relay ? config.analyzer.agents : 0),
  });
  const place = await api.listen(listen.host, listen.port);
  return {
    place: { ...place, isSecure: security.api.tls !== undefined },
    askToRead: (name, request, signal) =>
      api.askAs({ name, kind: 'local', role: 'read', address: '', isStillGood: () => true }, request, signal),
    [Symbol.asyncDispose]: () => api.close(),
  };
}
