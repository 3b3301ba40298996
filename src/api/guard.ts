/** What one question may do besides reading: asked when it comes to it, noted when it does it. */
import type { TraversalSource } from '../query/gremlin/source.ts';
import type { AuditEntry } from '../security/audit.ts';
import type { Permission } from '../security/role.ts';
import { denied, type Identity, may } from './identity.ts';
import { packetsFor } from './packets-for.ts';

export type Audit = (entry: Omit<AuditEntry, 'time'>) => void;

export interface Guard {
  /** Before what was in packets is read. Throws a Mistake for who may not. */
  readonly packets: () => void;
  /** Before something is changed. */
  readonly write: () => void;
}

export function guardFor(identity: Identity, audit: Audit | undefined): Guard {
  return {
    packets: once(identity, audit, 'packets', 'reading what was in packets'),
    write: once(identity, audit, 'write', 'changing the graph'),
  };
}

/** The same source, as this user may use it. */
export function guarded(source: TraversalSource, guard: Guard): TraversalSource {
  const { flows, writer, files } = source;
  return {
    ...source,
    flows: flows && packetsFor(flows, guard.packets),
    writer:
      writer &&
      (() => {
        guard.write();
        return writer();
      }),
    files: files && {
      read: async (...file) => {
        guard.write();
        return files.read(...file);
      },
      // Files of the server are not for who only reads.
      write: async (...file) => {
        guard.write();
        return files.write(...file);
      },
    },
  };
}

/** A traversal adds a thousand vertices: one line says so. */
function once(identity: Identity, audit: Audit | undefined, permission: Permission, what: string): () => void {
  let isNoted = false;
  return () => {
    const isAllowed = may(identity, permission);
    if (!isNoted) {
      const { name: who, kind, role, address } = identity;
      audit?.({ who, kind, role, address, what, outcome: isAllowed ? 'done' : 'refused' });
    }
    isNoted = true;
    if (!isAllowed) throw denied(identity, permission, what);
  };
}
