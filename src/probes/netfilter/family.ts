/** NFPROTO_…, as nft writes them, and the hooks of each (linux/netfilter.h). */

export const FAMILIES: Readonly<Record<number, string>> = {
  1: 'inet',
  2: 'ip',
  3: 'arp',
  5: 'netdev',
  7: 'bridge',
  10: 'ip6',
};

export function hookName(family: number, hook: number): string {
  const hooks = family === 5 ? ['ingress', 'egress'] : family === 3 ? ['input', 'output', 'forward'] : INET_HOOKS;
  return hooks[hook] ?? `hook ${hook}`;
}

const INET_HOOKS = ['prerouting', 'input', 'forward', 'output', 'postrouting', 'ingress'];
