/** What a role may do. Each holds all that the one before it holds, and something more. */

export const roles = ['read', 'capture', 'inject', 'admin'] as const;

export type Role = (typeof roles)[number];

/**
 * `packets`: to see what was in packets, live or kept. `inject`: to put packets in, also those of a trace.
 * `write`: to change the graph and its rules. `manage`: the configuration, and the log of who did what.
 */
export type Permission = 'read' | 'capture' | 'packets' | 'inject' | 'write' | 'manage';

const read: readonly Permission[] = ['read'];
const capture: readonly Permission[] = [...read, 'capture', 'packets'];
const inject: readonly Permission[] = [...capture, 'inject'];
const admin: readonly Permission[] = [...inject, 'write', 'manage'];
const held: Readonly<Record<Role, readonly Permission[]>> = { read, capture, inject, admin };

export function may(role: Role, permission: Permission): boolean {
  return held[role].includes(permission);
}

/** The least role that may. */
export function roleFor(permission: Permission): Role {
  return roles.find((role) => may(role, permission)) ?? 'admin';
}

export function isRole(text: unknown): text is Role {
  return (roles as readonly unknown[]).includes(text);
}
