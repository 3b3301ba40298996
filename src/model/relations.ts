/** Relations between nodes, by Skydive's names: `metadata.RelationType` of an edge. */
export interface Relation {
  readonly name: string;
  readonly doc: string;
}

export const relations: readonly Relation[] = [
  { name: 'ownership', doc: 'The parent holds the child: a host its namespaces, a namespace its interfaces.' },
  {
    name: 'layer2',
    doc: 'Frames pass from one to the other: bridge or bond and port, both ends of a veth (Type veth), a device and its VLAN (Type vlan) or tunnel.',
  },
  { name: 'vf', doc: 'A physical function and its virtual function (SR-IOV).' },
  { name: 'vlayer2', doc: 'A tap or an interface and the virtual machine that has it.' },
  { name: 'mirroring', doc: 'A port and the mirror that copies its frames.' },
  { name: 'attachment', doc: 'A network of containers and a container or an interface that is on it or carries it.' },
  { name: 'connected', doc: 'Block devices that one is made of (Type blockdevlink).' },
  { name: 'multipath', doc: 'Several ways to one block device.' },
  { name: 'ovn', doc: 'A row of the northbound database of OVN and one that it names.' },
  { name: 'mapping', doc: 'An interface on a switch and the logical port of OVN that it is (iface-id).' },
];
