// SPDX-License-Identifier: MIT
//
// Cello's scripts and what they load, from hosts of their own: assets.cello.so is /assets here, or a listener of its own;
// cdn.cello.so is /cello/cdn.

import { readFileSync } from 'node:fs';
import { campaignConfig } from './campaign.mjs';
import { moment } from './feed.mjs';
import { celloSetting } from './settings.mjs';

const file = (name) => readFileSync(new URL(`../assets/${name}`, import.meta.url), 'utf8');

const script = (text) => ({ type: 'text/javascript; charset=utf-8', text: typeof text === 'string' ? () => text : text });

const LOOKS = { harsh: file('look-harsh.js'), kind: file('look-kind.js') };
const TOLD = ['token_age', 'labels_after', 'launchers', 'product_cookie', 'consent', 'no_ucc'];

// What the scripts have to know of the sandbox.
function play(w) {
	const told = Object.fromEntries(TOLD.map((name) => [name, celloSetting(w, name)]));
	return `export const PLAY = ${JSON.stringify({ api: `${w.publicUrl}/cello`, campaign: campaignConfig(w), ...told })};\n`;
}

const FILES = {
	'/assets/app/latest/cello.js': script(file('cello.js')),
	'/assets/app/latest/look.js': script((w) => LOOKS[celloSetting(w, 'component')]),
	'/assets/app/latest/play.js': script(play),
	'/assets/attribution/latest/cello-attribution.js': script(file('cello-attribution.js')),
	'/assets/attribution/latest/play.js': script(play),
	'/assets/iframe/sharing.html': { type: 'text/html; charset=utf-8', text: () => file('sharing.html') },
	// A font without letters: whether it was asked for is all that matters.
	'/cello/cdn/letters.woff2': { type: 'font/woff2', text: () => '' },
	'/cello/cdn/friends.svg': {
		type: 'image/svg+xml', text: () => '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><circle cx="1" cy="1" r="1" fill="#5b2be0"/></svg>'
	}
};

export const isAsset = (path) => path.startsWith('/assets/') || path.startsWith('/cello/cdn/');

// {status, type, body}
export function assetAt(w, path) {
	if (path.endsWith('/cello-attribution.js'))
		w.store.celloFetched.set('attribution', { at: moment(w) });
	if (Object.hasOwn(FILES, path))
		return { status: 200, type: FILES[path].type, body: FILES[path].text(w) };
	// The name that Cello's own agent skill gives answers 403 there as well.
	return { status: path.endsWith('/attribution.js') ? 403 : 404, type: 'text/plain', body: 'no such asset\n' };
}
