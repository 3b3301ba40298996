/** Neighbours as nodes: a switch, its port, and the interface that is plugged into it. */
import { uuidV5 } from '../../std/uuid.ts';
import { ownedTid } from '../identity.ts';
import { type Picture, Sketch } from '../picture.ts';
import type { Neighbour } from './neighbour.ts';
import type { Known } from './neighbours.ts';

/** `interfaceOf`: id of the node of an interface; neighbours of those that have none are left out. */
export function draw(known: Iterable<Known>, interfaceOf: (known: Known) => string | undefined): Picture {
  const sketch = new Sketch();
  for (const heard of Map.groupBy(known, interfaceOf)) {
    const [id, at] = heard;
    if (id === undefined) continue;
    for (const neighbours of devicesAmong(at.map(({ neighbour }) => neighbour))) drawOne(sketch, id, neighbours);
  }
  return sketch;
}

/** What speaks LLDP and CDP at one interface by one name is one device: that of LLDP comes first and names it. */
function devicesAmong(neighbours: readonly Neighbour[]): Neighbour[][] {
  const devices = neighbours.filter(({ protocol }) => protocol === 'LLDP').map((one) => [one]);
  for (const cdp of neighbours.filter(({ protocol }) => protocol === 'CDP')) {
    const same = devices.find(([first]) => first?.systemName !== '' && first?.systemName === cdp.systemName);
    if (same) same.push(cdp);
    else devices.push([cdp]);
  }
  return devices;
}

function drawOne(sketch: Sketch, interfaceId: string, neighbours: readonly Neighbour[]): void {
  const [named] = neighbours;
  if (named === undefined) return;
  // A switch is the same for every host that is plugged into it.
  const device = uuidV5(['switch', named.chassis]);
  const port = uuidV5(['switchport', named.chassis, named.port]);
  const mtu = neighbours.find((one) => one.mtu !== undefined)?.mtu;
  const said = (part: 'ofDevice' | 'ofPort') => Object.fromEntries(neighbours.map((one) => [one.protocol, one[part]]));
  sketch.nodes.set(device, {
    Type: 'switch',
    Name: named.name,
    Probe: 'lldp',
    TID: device,
    ...said('ofDevice'),
  });
  sketch.nodes.set(port, {
    Type: 'switchport',
    Name: named.portName,
    Probe: 'lldp',
    TID: ownedTid(device, named.port, 'switchport'),
    ...(mtu !== undefined && { MTU: mtu }),
    ...said('ofPort'),
  });
  sketch.link(device, port, 'ownership');
  sketch.link(device, port, 'layer2');
  sketch.link(port, interfaceId, 'layer2');
}
