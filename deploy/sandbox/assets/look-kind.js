// SPDX-License-Identifier: MIT
//
// How the component looks where it means well: styled through a constructed style sheet inside a shadow root, so that no
// page has to allow anything for it.

const SHEET = `
	:host { all: initial; font: 16px/1.5 system-ui, sans-serif; }
	button { font: inherit; cursor: pointer; border: 0; border-radius: 999px; padding: .75em 1.25em; background: #5b2be0; color: #fff; }
	button:hover { background: #4a20c0; }
	button:focus-visible, input:focus-visible { outline: 3px solid #f2b01e; outline-offset: 2px; }
	:host(#cello-launcher) { position: fixed; right: 1rem; bottom: 1rem; z-index: 2147483000; }
	:host(#cello-panel) { position: fixed; right: 1rem; bottom: 5rem; z-index: 2147483001; width: min(22rem, calc(100vw - 2rem)); }
	.launcher { box-shadow: 0 4px 16px #0006; }
	.panel { box-sizing: border-box; padding: 1.25rem; border-radius: 1rem; background: Canvas; color: CanvasText; border: 1px solid #8885;
		box-shadow: 0 8px 40px #0006; }
	h2 { margin: 0 0 .5rem; font-size: 1.2rem; line-height: 1.25; } p { margin: 0 0 1rem; }
	label { display: block; font-size: .875rem; } input { font: inherit; width: 100%; box-sizing: border-box; padding: .5em; margin: .25rem 0 1rem; }
	.row { display: flex; gap: .75rem; justify-content: flex-end; } .quiet { background: transparent; color: inherit; border: 1px solid currentColor; }
	.quiet:hover { background: #8883; }
	.badge { display: inline-block; margin-left: .5em; padding: 0 .5em; border-radius: 99px; background: #b3261e; color: #fff; font-size: .8em; }
`;

export function prepare() {
}

// Put these into the page, under this id.
export function host(id, scheme, children) {
	const node = document.createElement('div');
	node.id = id;
	const root = node.attachShadow({ mode: 'open' });
	const sheet = new CSSStyleSheet();
	sheet.replaceSync(`${SHEET} :host { color-scheme: ${scheme}; }`);
	root.adoptedStyleSheets = [sheet];
	root.append(...children);
	document.body.append(node);
	return node;
}

export const inside = (node) => node.shadowRoot;

// There is something new.
export function badge(node, count) {
	const mark = document.createElement('span');
	mark.className = 'badge';
	mark.textContent = count;
	node.append(mark);
}

// What a panel has besides.
export const adornments = () => [];
