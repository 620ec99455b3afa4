/* The member's invoices, each with Stripe's page of it. */

import { get, instead } from "./api.js";
import { day, price } from "./money.js";

const STATUS = {
	paid: "Paid",
	open: "Open",
	void: "Canceled",
	uncollectible: "Not collected",
};

const byId = (id) => document.getElementById(id);

function cell(name, text) {
	const node = document.createElement("span");
	node.className = `invoice-${name}`;
	node.textContent = text;
	return node;
}

function link({ url, number, status }) {
	const node = document.createElement("a");
	node.href = url;
	node.textContent = status === "open" ? "Pay" : "Show";
	node.setAttribute("aria-label",
	    `${node.textContent} invoice ${number ?? ""}`.trim());
	return node;
}

function row(invoice) {
	const { created, number, total, currency, status, url } = invoice;
	const item = document.createElement("li");
	const state = cell("status", STATUS[status] ?? status);
	state.dataset.status = status;
	item.append(cell("day", day(created)), cell("number", number ?? ""),
	    cell("total", price(total, currency)), state);
	if (url)
		item.append(link(invoice));
	return item;
}

/* None yet, or none to be had now: there is nothing to show. */
export async function showInvoices() {
	const { invoices } = await get("api/invoices")
	    .catch(instead({ invoices: [] }));
	const list = byId("invoice-list");

	byId("invoices").hidden = invoices.length === 0;
	list.textContent = "";
	list.append(...invoices.map(row));
}
