// SPDX-License-Identifier: MIT
//
// Stripe's test cards and bank accounts, as far as the sandbox plays them.

import { DAY } from './clock.mjs';

const declined = (message, code, decline) => ({ pays: false, attaches: false, message, code, decline });

const CARDS = {
	'4242424242424242': { brand: 'visa', pays: true },
	'4000056655665556': { brand: 'visa', pays: true },
	'5555555555554444': { brand: 'mastercard', pays: true },
	'378282246310005': { brand: 'amex', pays: true },
	// Attaches to a customer; every charge fails afterwards. So it begins a trial and fails the first renewal.
	'4000000000000341': { brand: 'visa', ...declined('Your card was declined.', 'card_declined', 'generic_decline'), attaches: true },
	'4000000000000002': { brand: 'visa', ...declined('Your card was declined.', 'card_declined', 'generic_decline') },
	'4000000000009995': { brand: 'visa', ...declined('Your card has insufficient funds.', 'card_declined', 'insufficient_funds') },
	'4000000000009987': { brand: 'visa', ...declined('Your card was declined.', 'card_declined', 'lost_card') },
	'4000000000000069': { brand: 'visa', ...declined('Your card has expired.', 'expired_card', null) },
	'4000000000000127': { brand: 'visa', ...declined("Your card's security code is incorrect.", 'incorrect_cvc', null) },
	// The bank wants the person to confirm it (3-D Secure): until the card has been set up, whenever they are there, always.
	'4000002500003155': { brand: 'visa', pays: true, asks: 'until_set_up' },
	'4000003800000446': { brand: 'visa', pays: true, asks: 'when_present' },
	'4000002760003184': { brand: 'visa', pays: true, asks: 'always' },
	'4000008400001629': { brand: 'visa', ...declined('Your card was declined.', 'card_declined', 'generic_decline'), attaches: true, asks: 'always' },
	'4000008260003178': { brand: 'visa', ...declined('Your card has insufficient funds.', 'card_declined', 'insufficient_funds'), attaches: true, asks: 'always' },
	// Pay, and are followed by trouble.
	'4000000000000259': { brand: 'visa', pays: true, disputed: 'fraudulent' },
	'4000000000001976': { brand: 'visa', pays: true, disputed: 'fraudulent', dispute: 'inquiry' },
	'4000000000005423': { brand: 'visa', pays: true, warns: 'made_with_stolen_card' },
	'4000000000007726': { brand: 'visa', pays: true, refunds: 'pending_then_succeeded' },
	'4000000000005126': { brand: 'visa', pays: true, refunds: 'succeeded_then_failed' }
};

// Accounts that are debited: whether there was money is known days later.
const DEBIT = { attaches: true, settlesAfter: 5 * DAY };
const unpaid = (message, code) => ({ ...DEBIT, pays: false, message, code, decline: null });
const ACCOUNTS = {
	DE89370400440532013000: { ...DEBIT, type: 'sepa_debit', currency: 'eur', pays: true },
	DE62370400440532013001: { ...unpaid('The customer\'s bank account could not be debited.', 'payment_intent_payment_attempt_failed'), type: 'sepa_debit', currency: 'eur' },
	'000123456789': { ...DEBIT, type: 'us_bank_account', currency: 'usd', pays: true },
	'000111111116': { ...unpaid('The customer\'s bank account has insufficient funds.', 'payment_intent_payment_attempt_failed'), type: 'us_bank_account', currency: 'usd' }
};

// What is shown on the hosted page.
export const HINTS = [
	['4242424242424242', 'pays'],
	['4000000000000002', 'is declined'],
	['4000000000009995', 'has insufficient funds'],
	['4000000000000341', 'begins a trial, then fails each charge'],
	['4000002760003184', 'asks the bank each time']
];

export function cardOf(number) {
	const digits = number.replaceAll(/[\s-]/g, '');
	if (ACCOUNTS[digits])
		return { digits, ...ACCOUNTS[digits] };
	return CARDS[digits]
		? { digits, attaches: true, ...CARDS[digits] }
		: { digits, brand: 'visa', ...declined('Your card was declined. Your request was in test mode, but used a non test card.', 'card_declined', 'test_mode_live_card') };
}

// Must the person confirm a payment?  A card that has been set up was confirmed once, by them.
export function mustConfirm(pm, present) {
	const { asks } = cardOf(pm.sandbox.number);
	return asks === 'always' || (asks === 'when_present' && present) || (asks === 'until_set_up' && (present || !pm.sandbox.setUp));
}
