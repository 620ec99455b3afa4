// SPDX-License-Identifier: MIT
//
// usage: node serve.mjs BUILD [NAME=BUILD...]
//
// Make the stage that all test files of a run share, say where it is, and keep its PostgreSQL until told to stop.
// Further builds are put beside the first under their own names.

import { rmSync } from 'node:fs';
import { once } from 'node:events';
import { Stage } from './stage.mjs';

const [build, ...others] = process.argv.slice(2);
const stage = await Stage.make(build);
for (const other of others) {
	const [name, dir] = other.split('=');
	stage.use(dir, name);
}
console.log(stage.dir);

const signal = await Promise.race(['SIGTERM', 'SIGINT'].map((s) => once(process, s).then(() => s)));
await stage.cluster.stop();
// SIGINT keeps what is there to look at.
if (signal === 'SIGTERM')
	rmSync(stage.dir, { recursive: true, force: true });
