// SPDX-License-Identifier: MIT
//
// /v1/webhook_endpoints

import { checkAddress, checkNames } from '../destinations.mjs';
import { invalid } from '../errors.mjs';
import { SNAPSHOT } from '../event_names.mjs';
import { newId } from '../ids.mjs';
import { listOf } from '../list.mjs';
import { applyMetadata, bool, list, metadata, must, orEmpty, PAGE, text, url } from '../params.mjs';
import { checkVersion } from '../version.mjs';
import { find } from './find.mjs';

const MOST = 16;

const alive = (w) => [...w.store.webhook_endpoints.values()].filter((e) => !e.deleted);

export function addEndpoint(w, { id = newId('we'), url: to, enabled_events, api_version = null, description = null, meta = {}, secrets, connect = false }) {
	const endpoint = {
		id, object: 'webhook_endpoint', api_version, application: null, created: w.clock.now(), description, enabled_events,
		livemode: false, metadata: meta, status: 'enabled', url: to, sandbox: { secrets, connect }
	};
	w.store.webhook_endpoints.set(id, endpoint);
	return endpoint;
}

function create(w, p) {
	if (alive(w).length >= MOST)
		throw invalid(`You have reached the maximum of ${MOST} test webhook endpoints.`);
	checkAddress(w, p.url);
	return addEndpoint(w, {
		url: p.url, enabled_events: p.enabled_events, connect: p.connect, api_version: p.api_version, description: p.description,
		meta: applyMetadata({}, p.metadata), secrets: [newId('whsec', 32)]
	});
}

function findLive(w, id) {
	return find(new Map(alive(w).map((e) => [e.id, e])), id, 'webhook endpoint');
}

function check(p) {
	checkNames(p.enabled_events ?? [], SNAPSHOT);
	if (p.api_version !== undefined)
		checkVersion(p.api_version, 'api_version');
}

export const ROUTES = {
	'POST /v1/webhook_endpoints': {
		params: { enabled_events: must(list(text())), url: must(url), api_version: text(), connect: bool, description: orEmpty(text()), metadata },
		check, run: (w, _, p) => create(w, p),
		// The one time that it is told.
		reveal: (endpoint) => ({ secret: endpoint.sandbox.secrets[0] })
	},
	'GET /v1/webhook_endpoints': { params: PAGE, run: (w, _, p) => listOf(w, alive(w), '/v1/webhook_endpoints', p) },
	'GET /v1/webhook_endpoints/:id': { run: (w, { id }) => findLive(w, id) },
	'POST /v1/webhook_endpoints/:id': {
		params: { description: orEmpty(text()), disabled: bool, enabled_events: list(text()), metadata, url }, check,
		run: (w, { id }, { expand, disabled, metadata: meta, ...p }) => {
			const endpoint = findLive(w, id);
			if (p.url !== undefined)
				checkAddress(w, p.url);
			return Object.assign(endpoint, p, {
				metadata: applyMetadata(endpoint.metadata, meta),
				status: disabled === undefined ? endpoint.status : disabled ? 'disabled' : 'enabled'
			});
		}
	},
	'DELETE /v1/webhook_endpoints/:id': { run: (w, { id }) => Object.assign(findLive(w, id), { deleted: true }) }
};
