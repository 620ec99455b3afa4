// SPDX-License-Identifier: MIT
//
// Stands in for Cello's Referral Component: the documented commands, a launcher, a panel with the visitor's link.
//
// What it looks like is one of two modules, and what it insists on is in play.js: the sandbox decides.  `#cello-launcher`
// and `#cello-panel` are hosts in the page itself, where a test can find them.

import { adornments, badge, host, inside, prepare } from './look.js';
import { PLAY } from './play.js';

const UNAUTHORIZED = '[Cello]: User is not authorized to load the widget';
const TOKEN_LIVES_MS = 24 * 3600 * 1000;
const WARN_BEFORE_MS = 5 * 60 * 1000;

// A boot that came to nothing and did not say so: what is asked for then comes to nothing too.
const SILENT = Symbol('silent');

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

async function ask(path, body) {
	const res = await fetch(PLAY.api + path, {
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
	if (state === SILENT)
		return null;
	if (!state)
		throw new Error('[Cello]: boot() has not succeeded yet');
	return state;
}

function watchExpiry(token) {
	clearTimeout(state.expiring);
	clearTimeout(state.expired);
	if (PLAY.token_age === 'any')
		return;
	const iat = JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))).iat * 1000;
	const left = iat + TOKEN_LIVES_MS - Date.now();
	state.expiring = setTimeout(() => state?.options.onTokenExpiring?.(), Math.max(0, left - WARN_BEFORE_MS));
	state.expired = setTimeout(() => state?.options.onTokenExpired?.(), left);
}

const scheme = () => ({ light: 'light', dark: 'dark' })[state.options.themeMode] ?? 'light dark';

function showLauncher() {
	if (state.launcher || state.options.hideDefaultLauncher)
		return;
	const button = make('button', {
		type: 'button', className: 'launcher', textContent: state.labels.customLauncher, on: { click: () => state.panel ? close() : open() },
		attributes: { 'aria-haspopup': 'dialog', 'aria-expanded': 'false' }
	});
	state.launcher = host('cello-launcher', scheme(), [button]);
	if (state.unseen > 0)
		badge(button, state.unseen);
}

// The selector is the portal's; an option of boot() can only repeat it.
function launcherSelector() {
	const { customLauncherSelector: asked } = state.options;
	return PLAY.launchers === 'any' ? asked ?? state.launcherSelector
		: asked === undefined || asked === state.launcherSelector ? state.launcherSelector : null;
}

const isPositioned = (node) => PLAY.launchers === 'any' || getComputedStyle(node).position === 'relative';

// Those that are there now: nobody looks again.
function attachCustomLaunchers() {
	const selector = launcherSelector();
	for (const node of selector ? document.querySelectorAll(selector) : []) {
		if (!isPositioned(node)) {
			console.warn('[Cello]: a custom launcher is not positioned', node);
			continue;
		}
		node.addEventListener('click', open, { signal: state.ended.signal });
		if (state.unseen > 0 && node.dataset.celloBadge !== 'false')
			badge(node, state.unseen);
	}
}

const launcherButton = () => state.launcher && inside(state.launcher).querySelector('button');

async function copyLink(event) {
	try {
		await navigator.clipboard.writeText(state.link);
	} catch {
		// No permission: the link is selected, so that it can be copied by hand.
		inside(state.panel).querySelector('input').select();
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
	if (!booted() || state.panel)
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
		make('button', { type: 'button', textContent: labels.copy, on: { click: copyLink } })),
	...adornments());
	state.panel = host('cello-panel', scheme(), [panel]);
	launcherButton()?.setAttribute('aria-expanded', 'true');
	input.focus();
	state.options.onOpen?.();
}

async function close() {
	if (!booted()?.panel)
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
	const { productId, token, productUserDetails, country, language, themeMode, orgIds } = options;
	const answer = await ask('/widget/boot', {
		productId, token, productUserDetails, country, language, themeMode, orgIds, referral: cookie('cello-referral')
	});
	await shutdown();
	if (!answer.shown) {
		state = SILENT;
		return;
	}
	prepare();
	const labelled = new Promise((done) => setTimeout(done, PLAY.labels_after));
	state = { options, ...answer, launcher: null, panel: null, ended: new AbortController(), labelled };
	const own = state;
	labelled.then(() => state === own && showLauncher());
	attachCustomLaunchers();
	watchExpiry(token);
}

function cookie(name) {
	return document.cookie.split('; ').find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

async function shutdown() {
	if (!state || state === SILENT) {
		state = null;
		return;
	}
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
	async show() { booted() && showLauncher(); },
	async hide() {
		booted()?.launcher?.remove();
		if (booted())
			state.launcher = null;
		await close();
	},
	async getActiveUcc() { return booted() ? { ucc: state.ucc, link: state.link } : undefined; },
	async getLabels() {
		await booted()?.labelled;
		return booted() ? { ...state.labels } : undefined;
	},
	async getCampaignConfig() { return booted() ? { ...state.campaign } : undefined; },
	async updateToken(token) {
		await ask('/widget/token', { token });
		if (booted()) {
			state.options.token = token;
			watchExpiry(token);
		}
	},
	async updateProductUserDetails(productUserDetails) {
		if (!booted())
			return;
		const { productId, token } = state.options;
		await ask('/widget/boot', { productId, token, productUserDetails });
		Object.assign(state.options, { productUserDetails });
	},
	async changeLanguage(language) {
		if (!booted())
			return;
		// A language that is not enabled falls back to the product's own.
		state.labels = state.allLabels[language] ?? state.allLabels.en;
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
