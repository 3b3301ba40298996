/** Every kind of change that can break a conversation, with what it is worth when the model sees nothing, in one table. */

export interface Kind {
  readonly name: string;
  /** How often this is why, all else being equal: 0 to 30; below 0 it is noise. */
  readonly points: number;
  /** Higher: rather the cause of what changed with it than its consequence. */
  readonly cause: number;
  /** Why it is worth that. */
  readonly doc: string;
}

/** In the order of what causes what. */
export const kinds = [
  kind('namespace.removed', 30, 100, 'a namespace took everything with it that was in it'),
  kind('container.removed', 30, 98, 'who was there has stopped'),
  kind('interface.moved', 30, 96, 'an interface that went to another namespace takes its addresses and routes along'),
  kind(
    'interface.removed',
    30,
    94,
    'an interface that is gone takes its addresses, routes and the other end of its cable along',
  ),
  kind('interface.renamed', 8, 93, 'rules and scripts know interfaces by their names'),
  kind('link.down', 28, 92, 'an interface that was set down carries nothing, and the kernel takes its routes'),
  kind('port.removed', 28, 90, 'a port that left its bridge hears nothing of it any more'),
  kind('port.changed', 26, 89, 'a port of another bridge is on another network'),
  kind('vlan.changed', 26, 88, 'frames with another tag are another network'),
  kind('tunnel.changed', 26, 87, 'a tunnel whose ends do not agree carries nothing'),
  kind('bond.changed', 18, 86, 'frames go over what is left of the bond'),
  kind('mac.changed', 16, 85, 'who knew the old MAC sends to nobody until it is asked again'),
  kind('mac.duplicated', 28, 85, 'of two with one MAC the bridge sends to the one that spoke last'),
  kind('address.duplicated', 28, 84, 'of two with one address the quicker one answers'),
  kind('address.removed', 28, 83, 'without its address it is no longer reached, and the routes over it go'),
  kind('address.changed', 28, 82, 'what is sent to the old address reaches nobody'),
  kind('address.added', 6, 81, 'another source address may be preferred now'),
  kind('forwarding.off', 28, 80, 'what forwards nothing is no router'),
  kind('filter.added', 24, 79, 'a rule that was not there may drop it'),
  kind('filter.changed', 22, 78, 'another rule may drop it'),
  kind('filter.removed', 16, 77, 'what let it through, or translated it, may be gone'),
  kind('nat.changed', 24, 76, 'without translation answers go astray'),
  kind('reverse-path.changed', 24, 75, 'packets whose answer would go another way are dropped'),
  kind('policy.added', 20, 74, 'another table decides'),
  kind('policy.changed', 20, 73, 'another table decides'),
  kind('policy.removed', 20, 72, 'another table decides'),
  kind('route.removed', 22, 70, 'what had a way has none'),
  kind('route.changed', 22, 69, 'what had a way goes another one'),
  kind('route.added', 14, 68, 'a route that is preferred takes packets away from where they went'),
  kind('openflow.added', 20, 66, 'a rule with a higher priority wins'),
  kind('openflow.changed', 20, 65, 'the same packets are treated in another way'),
  kind('openflow.removed', 18, 64, 'what carried it on may be gone'),
  kind('mtu.lowered', 26, 60, 'larger packets are lost without a word'),
  kind('mtu.changed', 4, 59, 'what fits through has changed'),
  kind('service.stopped', 26, 56, 'nobody listens any more'),
  kind('service.changed', 16, 55, 'another process answers, or at another address'),
  kind('carrier.lost', 18, 50, 'the other end of the cable is down'),
  kind('link.removed', 14, 48, 'what was plugged together is no longer'),
  kind('switch.changed', 12, 46, 'a switch that is set up differently may forward differently'),
  kind('bridge.changed', 10, 45, 'a port in another state may not forward'),
  kind('neighbour.fixed', 22, 44, 'an entry that somebody made is never asked for again'),
  kind('neighbour.changed', 14, 40, 'another one answers for the address'),
  kind('neighbour.lost', 10, 39, 'nobody answers for the address'),
  kind('fdb.moved', 12, 38, 'the bridge sends frames to another port'),
  kind('fdb.changed', 4, 37, 'bridges learn and forget all the time'),
  kind('offload.changed', 8, 30, 'a device that no longer does its part sends what others refuse'),
  kind('program.changed', 14, 29, 'a program on the interface decides about packets'),
  kind('sysctl.changed', 8, 28, 'the kernel was told to behave differently'),
  kind('namespace.added', 2, 20, 'what is new stands beside the path'),
  kind('container.added', 2, 19, 'what is new stands beside the path'),
  kind('interface.added', 4, 18, 'what is new stands beside the path'),
  kind('port.added', 4, 17, 'what is new stands beside the path'),
  kind('link.added', 2, 16, 'what is new stands beside the path'),
  kind('link.up', 0, 15, 'what comes up breaks little'),
  kind('carrier.back', 0, 14, 'what comes up breaks little'),
  kind('service.started', 0, 13, 'who begins to listen takes nothing away'),
  kind('neighbour.seen', -10, 5, 'neighbours are learned and forgotten all the time'),
  kind('other.changed', 2, 4, 'what it does to packets is not known'),
  kind('noise', -30, 0, 'it says nothing about packets'),
] as const;

export type KindName = (typeof kinds)[number]['name'];

const byName = new Map<string, Kind>(kinds.map((one) => [one.name, one]));

export function kindOf(name: KindName): Kind {
  return byName.get(name) as Kind;
}

function kind<const N extends string>(name: N, points: number, cause: number, doc: string) {
  return { name, points, cause, doc } as const;
}
