// SPDX-License-Identifier: MIT
//
// What Stripe knows of currencies. Amounts are whole numbers of the smallest unit everywhere.

import { invalid } from './errors.mjs';
import { setting } from './settings.mjs';

const words = (text) => text.split(' ');

const ZERO_DECIMAL = words('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf');
const THREE_DECIMAL = words('bhd jod kwd omr tnd');

// Two decimals on paper, of which there are none.
const WHOLE = words('isk ugx');

export const digitsOf = (currency) => ZERO_DECIMAL.includes(currency) ? 0 : THREE_DECIMAL.includes(currency) ? 3 : 2;

// The least that is charged, where Stripe names one.
const LEAST = {
	usd: 50, aed: 200, aud: 50, bgn: 100, brl: 50, cad: 50, chf: 50, czk: 1500, dkk: 250, eur: 50, gbp: 30, hkd: 400, huf: 17500,
	inr: 50, jpy: 50, mxn: 1000, myr: 200, nok: 300, nzd: 50, pln: 200, ron: 200, sek: 300, sgd: 50, thb: 1000
};

export const leastCharge = (currency) => LEAST[currency] ?? 1;

const KNOWN = new Set(Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()));

export function checkCurrency(currency, param = 'currency') {
	if (!KNOWN.has(currency))
		throw invalid(`Invalid currency: ${currency}.`, param);
}

// The last digit of three decimals is 0, and there are no parts of a króna.
export function checkAmount(amount, currency, param) {
	const step = THREE_DECIMAL.includes(currency) ? 10 : WHOLE.includes(currency) ? 100 : 1;
	if (amount % step !== 0)
		throw invalid(`Invalid amount for ${currency}: it must be a multiple of ${step}.`, param, 'parameter_invalid_integer');
}

// So many of one are one of the other, to the payer: a rate that stays.
const RATE = { gbp: 0.8, jpy: 1.6 };

// What the payer sees of an amount; {} where that is the same.
export function presented(w, amount) {
	const currency = setting(w, 'presentment');
	return currency === 'price' ? {}
		: { presentment_details: { presentment_amount: Math.round(amount * RATE[currency]), presentment_currency: currency } };
}

// A part of what was presented so.
export const presentedPart = ({ presentment_details: whole, amount: of }, amount) => whole === undefined ? {}
	: { presentment_details: { ...whole, presentment_amount: Math.round(whole.presentment_amount * amount / of) } };

export const money = (amount, currency) => new Intl.NumberFormat('en', {
	style: 'currency', currency, minimumFractionDigits: digitsOf(currency), maximumFractionDigits: digitsOf(currency)
}).format(amount / 10 ** digitsOf(currency));
