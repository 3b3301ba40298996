/** What is watched of the southbound database (ovn-sb(5)): hosts, and which port is on which. */
import type { Wanted } from '../../ovsdb/database.ts';
import type { OvnTable } from './tables.ts';

export const chassisTable: OvnTable = {
  table: 'Chassis',
  type: 'Chassis',
  doc: 'A host that OVN runs on.',
  named: ['hostname', 'name'],
  columns: ['name', 'hostname', 'other_config', 'transport_zones'],
};

export const wantedSouth: Wanted = {
  Chassis: [...chassisTable.columns, 'external_ids'],
  Port_Binding: ['logical_port', 'chassis', 'additional_chassis'],
};
