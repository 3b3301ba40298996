/** Who asks: found once, when the request comes in, and looked up by those who need it later. */
import type { IncomingMessage } from 'node:http';
import { type Permission, type Role, roleFor, may as roleMay } from '../security/role.ts';
import { type Mistake, mistake } from '../std/mistake.ts';

export interface Identity {
  /** Of the user or the token; `local` for who is on this machine and showed none. */
  readonly name: string;
  readonly kind: 'user' | 'token' | 'local';
  readonly role: Role;
  readonly address: string;
  /** False when what it showed is revoked or expired by now: long connections ask now and then. */
  readonly isStillGood: () => boolean;
}

const identities = new WeakMap<IncomingMessage, Identity>();

export function identify(request: IncomingMessage, identity: Identity): void {
  identities.set(request, identity);
}

export function identityOf(request: IncomingMessage): Identity | undefined {
  return identities.get(request);
}

export const deniedCode = 'access.denied';

/** The sentence for who may not: it names the role that may. */
export function denied({ name, role }: Pick<Identity, 'name' | 'role'>, permission: Permission, what: string): Mistake {
  const needed = roleFor(permission);
  return mistake(deniedCode, `${what} needs the role ${needed}; ${name} has the role ${role}`);
}

export function may(identity: Pick<Identity, 'role'>, permission: Permission): boolean {
  return roleMay(identity.role, permission);
}
