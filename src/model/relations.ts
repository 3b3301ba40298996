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
];
