/** Which permission a request needs, by its method and path. What is not named here and changes something needs `write`. */
import type { Permission } from '../security/role.ts';

export function neededFor(method: string, url: string): Permission {
  const path = pathOf(url);
  for (const [pattern, needs] of sections)
    if (pattern.test(path)) {
      const needed = isLook(method) ? needs.look : needs.change;
      return needed;
    }
  return isLook(method) ? 'read' : 'write';
}

interface Needs {
  readonly look: Permission;
  readonly change: Permission;
}

/** The first that fits. Paths are compared as routes are: in their own case, a slash at the end or not. */
const sections: readonly (readonly [RegExp, Needs])[] = [
  // Questions are posted; what they look at in packets is checked where it is read, what they change where it is written.
  [/^\/(api\/(topology|query|path|why|bundle|check|complete)|gremlin)$/, { look: 'read', change: 'read' }],
  [/^\/(login|logout)$/, { look: 'read', change: 'read' }],
  [/^\/ws\/subscriber(\/flow)?$/, { look: 'read', change: 'read' }],
  [/^\/ws\//, { look: 'write', change: 'write' }],
  [/^\/api\/(capture\/tail|drops)$/, { look: 'packets', change: 'packets' }],
  [/^\/api\/capture(\/|$)/, { look: 'read', change: 'capture' }],
  [/^\/api\/(pcap|injectpacket)(\/|$)/, { look: 'inject', change: 'inject' }],
  // A webhook or a script of an alert acts in the name of the server.
  [/^\/api\/alert(\/|$)/, { look: 'read', change: 'manage' }],
  // A workflow acts with the rights of who calls it; one that nobody has looked at is for who may make them.
  [/^\/api\/workflow\/call$/, { look: 'manage', change: 'manage' }],
  [/^\/api\/workflow\/[^/]+\/call$/, { look: 'read', change: 'read' }],
  [/^\/api\/workflow(\/|$)/, { look: 'read', change: 'manage' }],
  [/^\/api\/(config|audit)(\/|$)/, { look: 'manage', change: 'manage' }],
];

function isLook(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

export function pathOf(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}
