// SPDX-License-Identifier: MIT
//
// Every call of Stripe's that the sandbox answers.
//
// 'METHOD /path': {params: schema, check: what a schema cannot say, run: (w, path arguments, params) → object}

import { ROUTES as account } from './account.mjs';
import { ROUTES as balance } from './balance.mjs';
import { ROUTES as catalog } from './catalog.mjs';
import { ROUTES as coupons } from './coupons.mjs';
import { ROUTES as creditNotes } from './creditnotes.mjs';
import { ROUTES as customers } from './customers.mjs';
import { ROUTES as disputes } from './disputes.mjs';
import { ROUTES as endpoints } from './endpoints.mjs';
import { ROUTES as entitlements } from './entitlements.mjs';
import { ROUTES as eventDestinations } from './event_destinations.mjs';
import { ROUTES as events } from './events.mjs';
import { ROUTES as invoiceItems } from './invoiceitems.mjs';
import { ROUTES as invoices } from './invoices.mjs';
import { ROUTES as payments } from './payments.mjs';
import { ROUTES as portal } from './portal.mjs';
import { ROUTES as previews } from './previews.mjs';
import { ROUTES as refunds } from './refunds.mjs';
import { ROUTES as schedules } from './schedules.mjs';
import { ROUTES as sessions } from './sessions.mjs';
import { ROUTES as subscriptions } from './subscriptions.mjs';
import { ROUTES as taxRates } from './taxrates.mjs';
import { ROUTES as thinEvents } from './thin_events.mjs';

export const ROUTES = {
	...account,
	...balance,
	...catalog,
	...coupons,
	...creditNotes,
	...customers,
	...disputes,
	...endpoints, ...entitlements,
	...eventDestinations,
	...events,
	...invoiceItems,
	...invoices,
	...payments,
	...portal,
	...previews,
	...refunds,
	...schedules,
	...sessions,
	...subscriptions,
	...taxRates,
	...thinEvents
};
