/** The composition root's part about who may do what: tokens, users, TLS, and the log of who did what. */
import { existsSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Access } from './api/access.ts';
import { needsTls } from './api/listening.ts';
import type { ApiLog, ApiParts } from './api/parts.ts';
import type { Config } from './config/options.ts';
import { isLoopback } from './config/token.ts';
import { tokenOf } from './config/token-file.ts';
import { AccessBook } from './security/access-book.ts';
import { accessFileOf } from './security/access-file.ts';
import { AuditLog, auditFileOf, readAudit } from './security/audit.ts';
import { Slowed } from './security/slowed.ts';
import { TlsKeeper } from './security/tls.ts';
import { mistake } from './std/mistake.ts';

type SecurityConfig = Pick<Config, 'listen' | 'token' | 'tokenFile' | 'data' | 'tls' | 'insecure' | 'api'>;

export interface Security {
  /** For createApi. */
  readonly api: Pick<ApiParts, 'access' | 'audit' | 'audited' | 'tls'>;
  /** Made just now, to be shown this once. */
  readonly newToken: string | undefined;
  /** For the relay: who an agent is by what its request shows. */
  readonly authenticateAgent: AgentDoor;
}

export type AgentDoor = (request: IncomingMessage) => AgentAdmission;

export type AgentAdmission =
  | {
      readonly ok: true;
      /** Of its token. */
      readonly name: string;
      /** Whose agent alone may come in by it; undefined: any. */
      readonly host: string | undefined;
      /** False once the token is revoked or has expired: long connections ask now and then. */
      readonly isStillGood: () => boolean;
    }
  | {
      readonly ok: false;
      readonly status: 401 | 403 | 429;
      readonly text: string;
      /** Name, value, name, value… */
      readonly headers: readonly string[];
    };

export function secure(config: SecurityConfig, log: ApiLog): Security {
  const now = Date.now;
  const warn = (text: string) => log.warn(text);
  const tls = tlsOf(config);
  // Before a token is made, which is shown once.
  if (!isLoopback(config.listen) && tls === undefined && !config.insecure) throw needsTls(config.listen.host);
  const book = new AccessBook({ file: accessFileOf(config.data), now, warn });
  const token = tokenOf(config, !book.isEmpty);
  if (token.warning !== undefined) log.warn(token.warning);
  const file = auditFileOf(config.data);
  const audit = new AuditLog({ file, now, warn });
  if (tls?.warning !== undefined) log.warn(tls.warning);
  const access = {
    tokens: token.token === undefined ? [] : [token.token],
    hostNames: config.api.names,
    book,
    loopback: config.api.loopback,
    isInsecure: config.insecure,
  };
  return {
    api: { access, audit: (entry) => audit.record(entry), audited: (count) => readAudit(file, count), tls },
    newToken: token.isNew ? token.token : undefined,
    authenticateAgent: agentDoor(access, (entry) => audit.record(entry)),
  };
}

/** Given, or made by `skein cert init` where it is needed. Loopback stays plain until it is told otherwise. */
function tlsOf({ listen, data, insecure, tls: { cert, key, clientCa } }: SecurityConfig): TlsKeeper | undefined {
  if ((cert === undefined) !== (key === undefined))
    throw mistake('config.tls', 'tls.cert and tls.key go together', 'skein cert init makes both');
  if (cert !== undefined && key !== undefined) return new TlsKeeper({ cert, key, clientCa }, Date.now);
  const made = { cert: join(data, 'tls', 'server.crt'), key: join(data, 'tls', 'server.key'), clientCa };
  if (!isLoopback(listen) && !insecure && existsSync(made.cert)) return new TlsKeeper(made, Date.now);
  if (clientCa === undefined) return undefined;
  throw mistake('config.tls', 'tls.clientCa asks for TLS: tls.cert and tls.key', 'skein cert init makes both');
}

/** Tokens of agents alone are looked at, also on loopback: what an agent tells goes into the graph and the archive. */
function agentDoor(rules: ApiParts['access'], audit: NonNullable<ApiParts['audit']>): AgentDoor {
  const elapsed = () => performance.now();
  const access = new Access(rules, elapsed);
  const slowed = new Slowed(elapsed);
  return (request) => {
    const { remoteAddress: address = '' } = request.socket;
    const page = access.pageRefusal(request);
    if (page !== undefined) return { ok: false, status: 403, text: page.text, headers: [] };
    // Nobody guesses a good one: it is let in while others behind the same address have to wait for theirs.
    const agent = access.agent(request);
    if (agent !== undefined) return { ok: true, ...agent };
    const waitMs = slowed.waitMs(address);
    if (waitMs > 0) {
      const seconds = String(Math.ceil(waitMs / 1000));
      return {
        ok: false,
        status: 429,
        text: `too many wrong tokens; wait ${seconds} s`,
        headers: ['Retry-After', seconds],
      };
    }
    const isShown = request.headers.authorization !== undefined || request.headers['x-auth-token'] !== undefined;
    if (isShown) {
      slowed.failed(address);
      audit({ who: 'a token', kind: 'nobody', address, what: 'come in as an agent', outcome: 'refused' });
    }
    const text = 'the token of an agent is needed (Authorization: Bearer): skein token create --agent --name NAME';
    return { ok: false, status: 401, text, headers: ['WWW-Authenticate', 'Bearer'] };
  };
}
