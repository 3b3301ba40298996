/** A step of the graph as facts: what appeared, what is gone, and what each changed key says. */
import type { Element, GraphNode } from '../graph/element.ts';
import { changedKeys } from '../graph/value.ts';
import { addressesOf, nameOf, textOf, typeOf } from '../query/forwarding/atlas.ts';
import type { Fact, Said, Traffic } from './fact.ts';
import { filterText } from './filter-keys.ts';
import { ruleText, saidOf } from './keys.ts';
import type { KindName } from './kinds.ts';
import type { Step } from './steps.ts';

export function factsOf(step: Step, traffic: Traffic, names: (id: string) => string): readonly Fact[] {
  const { before, after, time } = step;
  const element = after ?? before;
  if (element === undefined) return [];
  const all =
    before && after ? changed(before, after, traffic) : [existence(element, after !== undefined, traffic, names)];
  return all.map((said) => ({ ...said, step, time, element }));
}

function changed(before: Element, after: Element, traffic: Traffic): Said[] {
  return changedKeys(before.metadata, after.metadata).flatMap((key) =>
    saidOf({ key, before, after, from: before.metadata[key], to: after.metadata[key], traffic }),
  );
}

function existence(element: Element, isThere: boolean, traffic: Traffic, names: (id: string) => string): Said {
  const done = isThere ? 'appeared' : 'was removed';
  const say = (kind: KindName, text: string, isAbout?: boolean): Said => ({
    kind,
    text,
    key: undefined,
    from: undefined,
    to: undefined,
    isAbout,
  });
  if (element.kind === 'edge') {
    const { RelationType, Type } = element.metadata;
    const relation = [textOf(RelationType), textOf(Type)].filter((text) => text !== undefined).join(' ');
    const text = `the link (${relation}) of ${names(element.parent)} and ${names(element.child)} ${done}`;
    return say(isThere ? 'link.added' : 'link.removed', text);
  }
  const name = nameOf(element);
  const type = typeOf(element);
  if (type === 'netns' || type === 'host')
    return say(isThere ? 'namespace.added' : 'namespace.removed', `namespace ${name} ${done}`);
  if (type === 'container') return say(isThere ? 'container.added' : 'container.removed', `container ${name} ${done}`);
  if (type === 'ofrule' || type === 'ofgroup')
    return say(isThere ? 'openflow.added' : 'openflow.removed', `${ruleText(element)} ${done}`);
  if (type === 'nftrule' || type === 'nftchain' || type === 'nftset') return filter(element, isThere, say);
  if (type === 'ovsport' || type === 'ovsbridge')
    return say(
      isThere ? 'port.added' : 'port.removed',
      `${type === 'ovsport' ? 'port' : 'bridge'} ${name} of Open vSwitch ${done}`,
    );
  if (typeof element.metadata.IfIndex === 'number' || element.metadata.MAC !== undefined)
    return isThere ? appeared(element, traffic, say) : say('interface.removed', `interface ${name} was removed`);
  return say('other.changed', `${type} ${name} ${done}`);
}

function filter(node: GraphNode, isThere: boolean, say: Say): Said {
  const isNat = /^(snat|dnat|masquerade|redirect)$/.test(textOf(node.metadata.Verdict) ?? '');
  const kind = isNat ? 'nat.changed' : isThere ? 'filter.added' : 'filter.removed';
  return say(kind, `${filterText(node)} ${isThere ? 'appeared' : 'was removed'}`);
}

type Say = (kind: KindName, text: string, isAbout?: boolean) => Said;

/** Who comes with what another on the path has takes it away. */
function appeared(node: GraphNode, { taken, macs, holders }: Traffic, say: Say): Said {
  const name = nameOf(node);
  if (!holders.has(node.id)) {
    const address = addressesOf(node.metadata).find((text) => taken.has(text));
    if (address !== undefined)
      return say(
        'address.duplicated',
        `interface ${name} appeared with address ${address}, which another on the path has`,
        true,
      );
    const mac = textOf(node.metadata.MAC);
    if (mac !== undefined && macs.has(mac))
      return say('mac.duplicated', `interface ${name} appeared with MAC ${mac}, which another on the path has`, true);
  }
  return say('interface.added', `interface ${name} appeared`);
}
