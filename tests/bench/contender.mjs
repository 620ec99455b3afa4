// SPDX-License-Identifier: MIT
//
// Somebody who is measured: where it is asked, its database, its processes.

import { openRig } from '../rig/rig.mjs';
import { signup } from '../rig/visitor.mjs';
import { family } from './cost.mjs';

// The rig's own numbers of workers and what it logs give way to the defaults; nobody follows what is heard of.
const SHIPPED = {
	...Object.fromEntries(['hook', 'password', 'stripe', 'web'].map((pool) => [`pool ${pool}.workers`, null])),
	'server.log_level': null, 'server.stop_timeout': null, 'courier.processes': 0
};

// endpin in a rig of its own. `options`: of the rig.
export async function openEndpin(name, { set, ...options } = {}) {
	const rig = await openRig({ name: 'bench', set: { ...SHIPPED, ...set }, ...options });
	await rig.sql('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
	const visitor = await signup(rig);
	return {
		name, rig, visitor, port: rig.port, cookie: visitor.cookie, secret: rig.secrets.webhook, cluster: rig.cluster,
		sql: (text, values) => rig.sql(text, values), app: () => family(rig.endpind.pid), nginx: rig.web.pid
	};
}
