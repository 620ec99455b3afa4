// SPDX-License-Identifier: MIT
//
// Stands in for Stripe and Cello, so that endpin can be tried without accounts and offline.

import { parseOptions, usage, UsageError } from './options.mjs';
import { makeServer } from './server.mjs';
import { catchUp } from './timeline.mjs';
import { makeWorld } from './world.mjs';

const TICK_MS = 1000;

function readOptions() {
	try {
		return parseOptions(process.argv.slice(2));
	} catch (e) {
		if (!(e instanceof UsageError))
			throw e;
		console.error(`sandbox: ${e.message}`);
		process.exit(2);
	}
}

const options = readOptions();
if (options.help) {
	process.stdout.write(usage());
	process.exit(0);
}

const world = makeWorld(options);
const server = makeServer(world);

server.on('error', (e) => {
	console.error(e.code === 'EADDRINUSE' ? `sandbox: port ${options.port} is in use` : `sandbox: cannot listen: ${e.message}`);
	process.exit(1);
});

server.listen(options.port, '127.0.0.1', () => {
	const { port } = server.address();
	world.publicUrl ??= `http://127.0.0.1:${port}`;
	world.begin();
	setInterval(() => catchUp(world), TICK_MS).unref();
	console.log(`ready http://127.0.0.1:${port}/`);
});

for (const signal of ['SIGTERM', 'SIGINT'])
	process.on(signal, () => {
		world.store.write(world.clock);
		process.exit(0);
	});
