// SPDX-License-Identifier: MIT
//
// How the component looks where it does whatever Cello's pages allow it: styles and a script written into the page, style
// attributes, a font and a picture from one host, a frame from another.  None of it works where a page forbids it.

import { PLAY } from './play.js';

const SHEET = `
	@font-face { font-family: Cello; src: url("${PLAY.api}/cdn/letters.woff2") format("woff2"); }
	.cello-box { all: initial; font: 16px/1.5 Cello, system-ui, sans-serif; position: fixed; right: 1rem; z-index: 2147483001; }
	.cello-box button { font: inherit; cursor: pointer; border: 0; border-radius: 999px; padding: .75em 1.25em; background: #5b2be0; color: #fff; }
	.cello-box button:focus-visible, .cello-box input:focus-visible { outline: 3px solid #f2b01e; outline-offset: 2px; }
	.cello-box .panel { box-sizing: border-box; padding: 1.25rem; border-radius: 1rem; background: Canvas; color: CanvasText; border: 1px solid #8885; }
	.cello-box h2 { margin: 0 0 .5rem; font: inherit; font-size: 1.2rem; color: inherit; } .cello-box label { display: block; }
	.cello-box input { font: inherit; background: Field; color: FieldText; border: 1px solid #8888; width: 100%; box-sizing: border-box; padding: .5em; margin: .25rem 0 1rem; }
	.cello-box .row { display: flex; gap: .75rem; justify-content: flex-end; }
	.cello-box iframe { border: 0; width: 100%; height: 4rem; }
`;

// In the page, once. What was forbidden there would be missed later, so it is missed now.
export function prepare() {
	const script = document.createElement('script');
	script.textContent = 'window.__cello = { started: true };';
	document.head.append(script);
	if (!window.__cello?.started)
		throw new TypeError("[Cello]: Cannot read properties of undefined (reading 'started')");
	const style = document.createElement('style');
	style.textContent = SHEET;
	document.head.append(style);
}

const BOTTOM = { 'cello-launcher': '1rem', 'cello-panel': '5rem' };

// As markup, so that what it looks like stands in attributes.
export function host(id, scheme, children) {
	document.body.insertAdjacentHTML('beforeend', `<div id="${id}" class="cello-box" style="bottom: ${BOTTOM[id]}; color-scheme: ${scheme}"></div>`);
	const node = document.getElementById(id);
	node.append(...children);
	return node;
}

export const inside = (node) => node;

export function badge(node, count) {
	node.insertAdjacentHTML('beforeend', `<span class="badge" style="position: absolute; top: -.5em; right: -.5em; padding: 0 .5em;
		border-radius: 99px; background: #b3261e; color: #fff">${Number(count)}</span>`);
}

export function adornments() {
	const picture = document.createElement('img'), frame = document.createElement('iframe');
	Object.assign(picture, { src: `${PLAY.api}/cdn/friends.svg`, alt: '', width: 48, height: 48 });
	Object.assign(frame, { src: new URL('../../iframe/sharing.html', import.meta.url).href, title: 'Ways to share' });
	return [picture, frame];
}
