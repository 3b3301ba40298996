/** What is changed by hand in the data folder stands in the same log as what is changed through the API. */
import { userInfo } from 'node:os';
import { AuditLog, auditFileOf } from '../security/audit.ts';
import type { Io } from './io.ts';

export function audited(io: Io, data: string, what: string): void {
  const log = new AuditLog({
    file: auditFileOf(data),
    now: io.now,
    warn: (text) => io.err.write(`skein: ${text}\n`),
  });
  log.record({ who: nameOfUser(), kind: 'shell', what, outcome: 'done' });
}

function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A number without a name, as in containers.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
