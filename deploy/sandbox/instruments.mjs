// SPDX-License-Identifier: MIT
//
// How what people pay with looks: the part of a payment method, and of a charge, that is a card's or a bank account's.

import { createHash } from 'node:crypto';

// The same card or account has the same fingerprint whoever brings it.
const fingerprint = ({ digits }) => createHash('sha256').update(digits).digest('hex').slice(0, 16);

export const cardPart = (card, expMonth, expYear) => ({
	card: {
		brand: card.brand, checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
		country: 'US', display_brand: card.brand, exp_month: expMonth, exp_year: expYear, fingerprint: fingerprint(card),
		funding: 'credit', generated_from: null, last4: card.digits.slice(-4), networks: { available: [card.brand], preferred: null },
		regulated_status: 'unregulated', three_d_secure_usage: { supported: true }, wallet: null
	},
	type: 'card'
});

const ACCOUNT = {
	sepa_debit: (account) => ({
		bank_code: account.digits.slice(4, 12), branch_code: '', country: account.digits.slice(0, 2), fingerprint: fingerprint(account),
		generated_from: { charge: null, setup_attempt: null }, last4: account.digits.slice(-4)
	}),
	us_bank_account: (account) => ({
		account_holder_type: 'individual', account_type: 'checking', bank_name: 'STRIPE TEST BANK', financial_connections_account: null,
		fingerprint: fingerprint(account), last4: account.digits.slice(-4), networks: { preferred: 'ach', supported: ['ach'] },
		routing_number: '110000000', status_details: {}
	})
};

export const accountPart = (account) => ({ [account.type]: ACCOUNT[account.type](account), type: account.type });

const CHARGED = {
	card: ({ card }, authorized) => ({
		amount_authorized: authorized, authorization_code: null, brand: card.brand, checks: { ...card.checks }, country: 'US',
		electronic_commerce_indicator: null, exp_month: card.exp_month, exp_year: card.exp_year, fingerprint: card.fingerprint,
		funding: 'credit', installments: null, last4: card.last4, mandate: null, network: card.brand, network_transaction_id: null,
		regulated_status: 'unregulated', three_d_secure: null, transaction_link_id: null, wallet: null
	}),
	sepa_debit: ({ sepa_debit: { generated_from: made, ...account } }) => ({ ...account, mandate: null }),
	us_bank_account: ({ us_bank_account: { account_holder_type, account_type, bank_name, fingerprint: print, last4, routing_number } }) => ({
		account_holder_type, account_type, bank_name, fingerprint: print, last4, payment_reference: null, routing_number
	})
};

export const chargePart = (pm, authorized) => ({ [pm.type]: CHARGED[pm.type](pm, authorized), type: pm.type });
