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

function listen(server, port) {
	return new Promise((done) => {
		server.on('error', (e) => {
			console.error(e.code === 'EADDRINUSE' ? `sandbox: port ${port} is in use` : `sandbox: cannot listen: ${e.message}`);
			process.exit(1);
		});
		server.listen(port, '127.0.0.1', () => done(`http://127.0.0.1:${server.address().port}`));
	});
}

const assets = options.assetsPort === null ? null : await listen(makeServer(world, { ofAssets: true }), options.assetsPort);
const url = await listen(makeServer(world), options.port);
world.publicUrl ??= url;
world.assetsUrl = assets ?? `${world.publicUrl}/assets`;
world.begin();
setInterval(() => catchUp(world), TICK_MS).unref();
console.log(`ready ${url}/`);

for (const signal of ['SIGTERM', 'SIGINT'])
	process.on(signal, () => {
		world.store.write(world.clock);
		process.exit(0);
	});
