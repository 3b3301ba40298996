/** A server with tokens of every role and a user, in a folder of its own; loopback shows what it is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessBook } from '../../../src/security/access-book.ts';
import { changeAccess, type KeptToken } from '../../../src/security/access-file.ts';
import type { AuditEntry } from '../../../src/security/audit.ts';
import type { Role } from '../../../src/security/role.ts';
import { digestOf, hashPassword, newToken } from '../../../src/security/secret.ts';
import { type TestServer, type TestServerOptions, testServer } from '../server.ts';

export type Kept = 'agent' | Role;

export interface Secured extends AsyncDisposable {
  readonly server: TestServer;
  readonly port: number;
  readonly tokens: Readonly<Record<Kept, string>>;
  /** Of the user `ana`, who has the role capture. */
  readonly password: string;
  readonly audited: Omit<AuditEntry, 'time'>[];
  readonly book: AccessBook;
  readonly file: string;
  as(kept: Kept): Record<string, string>;
}

export async function secured(options: TestServerOptions = {}): Promise<Secured> {
  const folder = mkdtempSync(join(tmpdir(), 'skein-access-'));
  const file = join(folder, 'access.json');
  const tokens = Object.fromEntries(
    (['read', 'capture', 'inject', 'admin', 'agent'] as const).map((kept) => [
      kept,
      newToken(kept === 'agent' ? 'agent' : 'user'),
    ]),
  ) as Record<Kept, string>;
  const password = 'a password of ana';
  await changeAccess(file, async () => ({
    tokens: Object.entries(tokens).map(([name, token], at) => keptToken(name as Kept, token, at)),
    users: [{ name: 'ana', role: 'capture', password: await hashPassword(password), createdAt: 1 }],
  }));
  const audited: Omit<AuditEntry, 'time'>[] = [];
  const book = new AccessBook({ file, now: Date.now, warn: () => undefined });
  const server = await testServer({
    ...options,
    audit: (entry) => audited.push(entry),
    access: { book, loopback: 'token', ...options.access },
  });
  return {
    server,
    port: server.port,
    tokens,
    password,
    audited,
    book,
    file,
    as: (kept) => ({ Authorization: `Bearer ${tokens[kept]}` }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function keptToken(name: Kept, token: string, at: number): KeptToken {
  const role = name === 'agent' ? 'read' : name;
  const kind = name === 'agent' ? 'agent' : 'user';
  return { id: at.toString(16).padStart(8, '0'), kind, name, role, digest: digestOf(token), createdAt: 1 };
}
