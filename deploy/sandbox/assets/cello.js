// SPDX-License-Identifier: MIT
//
// Stands in for Cello's Referral Component: the documented commands, a launcher, a panel with the visitor's link.
//
// The page that loads this forbids inline styles, so everything is styled through a constructed style sheet inside a
// shadow root. `#cello-launcher` and `#cello-panel` are hosts in the page itself, where a test can find them.

const BASE = new URL('/', import.meta.url).href.replace(/\/$/, '');
const UNAUTHORIZED = '[Cello]: User is not authorized to load the widget';
const TOKEN_LIVES_MS = 24 * 3600 * 1000;
const WARN_BEFORE_MS = 5 * 60 * 1000;

const SHEET = `
	:host { all: initial; font: 16px/1.5 system-ui, sans-serif; color-scheme: light dark; }
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
`;

let state = null;

function make(name, props = {}, ...children) {
	const { on = {}, attributes = {}, ...rest } = props;
	const node = Object.assign(document.createElement(name), rest);
	for (const [key, value] of Object.entries(attributes))
		node.setAttribute(key, value);
	for (const [type, run] of Object.entries(on))
		node.addEventListener(type, run);
	node.append(...children);
	return node;
}

function host(id, ...children) {
	const node = make('div', { id });
	const root = node.attachShadow({ mode: 'open' });
	const sheet = new CSSStyleSheet();
	sheet.replaceSync(SHEET);
	root.adoptedStyleSheets = [sheet];
	root.append(...children);
	document.body.append(node);
	return node;
}

async function ask(path, body) {
	const res = await fetch(BASE + path, {
		method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), credentials: 'omit'
	});
	const answer = await res.json();
	if (res.ok)
		return answer;
	if (res.status === 401)
		console.error(UNAUTHORIZED);
	throw Object.assign(new Error(answer.message ?? `Cello answered ${res.status}`), { status: res.status, detail: answer.detail });
}

function booted() {
	if (!state)
		throw new Error('[Cello]: boot() has not succeeded yet');
	return state;
}

function watchExpiry(token) {
	clearTimeout(state.expiring);
	clearTimeout(state.expired);
	const iat = JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))).iat * 1000;
	const left = iat + TOKEN_LIVES_MS - Date.now();
	state.expiring = setTimeout(() => state?.options.onTokenExpiring?.(), Math.max(0, left - WARN_BEFORE_MS));
	state.expired = setTimeout(() => state?.options.onTokenExpired?.(), left);
}

function showLauncher() {
	if (state.launcher || state.options.hideDefaultLauncher)
		return;
	const button = make('button', {
		type: 'button', className: 'launcher', textContent: state.labels.customLauncher, on: { click: () => state.panel ? close() : open() },
		attributes: { 'aria-haspopup': 'dialog', 'aria-expanded': 'false' }
	});
	state.launcher = host('cello-launcher', button);
}

function attachCustomLaunchers() {
	const selector = state.options.customLauncherSelector;
	for (const node of selector ? document.querySelectorAll(selector) : [])
		node.addEventListener('click', open, { signal: state.ended.signal });
}

const launcherButton = () => state.launcher?.shadowRoot.querySelector('button');

async function copyLink(event) {
	try {
		await navigator.clipboard.writeText(state.link);
	} catch {
		// No permission: the link is selected, so that it can be copied by hand.
		state.panel.shadowRoot.querySelector('input').select();
	}
	event.target.textContent = state.labels.copied;
	state.options.onUserInteraction?.('linkCopied', state.link);
}

// What came of the link so far, as of the boot.
function standing() {
	const { labels, earned } = state;
	const sums = earned.rewards.map(({ currency, amount }) => new Intl.NumberFormat(document.documentElement.lang || 'en',
		{ style: 'currency', currency }).format(amount / 10 ** new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits));
	return `${labels.signedUp}: ${earned.signups}. ${labels.earned}: ${sums.join(', ') || 0}.`;
}

async function open() {
	booted();
	if (state.panel)
		return;
	const { labels } = state;
	const input = make('input', { id: 'cello-link', readOnly: true, value: state.link });
	const panel = make('section', {
		className: 'panel', attributes: { role: 'dialog', 'aria-label': labels.title }, on: { keydown: (e) => e.key === 'Escape' && close() }
	},
	make('h2', { textContent: labels.title }), make('p', { textContent: labels.intro }),
	make('label', {}, labels.yourLink, input),
	make('p', { id: 'cello-earned', textContent: standing() }),
	make('div', { className: 'row' },
		make('button', { type: 'button', className: 'quiet', textContent: labels.close, on: { click: close } }),
		make('button', { type: 'button', textContent: labels.copy, on: { click: copyLink } })));
	state.panel = host('cello-panel', panel);
	launcherButton()?.setAttribute('aria-expanded', 'true');
	input.focus();
	state.options.onOpen?.();
}

async function close() {
	if (!booted().panel)
		return;
	state.panel.remove();
	state.panel = null;
	launcherButton()?.setAttribute('aria-expanded', 'false');
	launcherButton()?.focus();
	state.options.onClose?.();
}

async function boot(options) {
	if (!options?.productId || !options.token)
		throw new Error('[Cello]: boot() needs productId and token');
	const { productId, token, productUserDetails, country, language } = options;
	const answer = await ask('/cello/widget/boot', { productId, token, productUserDetails, country, language });
	await shutdown();
	if (!answer.shown)
		return;
	state = { options, ...answer, launcher: null, panel: null, ended: new AbortController() };
	showLauncher();
	attachCustomLaunchers();
	watchExpiry(token);
}

async function shutdown() {
	if (!state)
		return;
	clearTimeout(state.expiring);
	clearTimeout(state.expired);
	state.ended.abort();
	state.launcher?.remove();
	state.panel?.remove();
	state = null;
}

async function redraw() {
	const wasOpen = state.panel !== null;
	state.panel?.remove();
	state.launcher?.remove();
	state.panel = state.launcher = null;
	showLauncher();
	if (wasOpen)
		await open();
}

const COMMANDS = {
	boot, shutdown, open, close,
	async show() { booted(); showLauncher(); },
	async hide() {
		booted().launcher?.remove();
		state.launcher = null;
		await close();
	},
	async getActiveUcc() { const { ucc, link } = booted(); return { ucc, link }; },
	async getLabels() { return { ...booted().labels }; },
	async getCampaignConfig() { return { ...booted().campaign }; },
	async updateToken(token) {
		await ask('/cello/widget/token', { token });
		booted().options.token = token;
		watchExpiry(token);
	},
	async updateProductUserDetails(productUserDetails) {
		const { productId, token } = booted().options;
		await ask('/cello/widget/boot', { productId, token, productUserDetails });
		Object.assign(state.options, { productUserDetails });
	},
	async changeLanguage(language) {
		// A language that is not enabled falls back to the product's own.
		booted().labels = state.allLabels[language] ?? state.allLabels.en;
		await redraw();
	},
	async showAnnouncement() { await open(); }
};

window.Cello = async function Cello(name, ...args) {
	if (!Object.hasOwn(COMMANDS, name))
		throw new Error(`[Cello]: unknown command ${name}`);
	return COMMANDS[name](...args);
};

// What was queued before this script arrived, and what is pushed from now on.
const run = (task) => Promise.resolve(task(COMMANDS)).catch((e) => console.error('[Cello]:', e));
const queued = window.cello?.cmd ?? [];
window.cello = { ...COMMANDS, cmd: { push: (...tasks) => tasks.forEach(run) } };
queued.forEach(run);
