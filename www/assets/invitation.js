/*
 * The invitation that brought a visitor here.  endpin keeps the code in a
 * cookie by itself; Cello's script is a second witness and adds the name.
 */

import { get, instead } from "./api.js";
import { settings } from "./settings.js";

/* How long a page waits for Cello's script before it does without. */
const WAIT_MS = 800;
const NAME_MAX = 40;
const CODE = /^[0-9A-Za-z]{11}$/;

/* Cello's documented queue: calls wait in it until the script arrives. */
window.CelloAttribution ??= async function (command, args) {
	if (command === "getReferral")
		throw new Error("getReferral is not supported, use getUcc");
	return new Promise((resolve, reject) => {
		(window.CelloAttributionCmd ??= []).push(
		    { command, args, resolve, reject });
	});
};

/* Resolves to whether the script has been asked for. */
const started = settings().then((config) => {
	const cello = config?.cello;
	if (!cello?.enabled || !cello.attributionUrl)
		return false;
	const script = document.createElement("script");
	script.type = "module";
	script.async = true;
	script.src = cello.attributionUrl;
	document.head.append(script);
	return true;
});

const query = new URLSearchParams(location.search);

function cookie(name) {
	const found = document.cookie.split("; ")
	    .find((pair) => pair.startsWith(`${name}=`));
	return found ? found.slice(name.length + 1) : "";
}

/* The code in force, or "". */
export function code() {
	return [query.get("ucc"), cookie("cello-referral")]
	    .find((candidate) => CODE.test(candidate ?? "")) ?? "";
}

/* Did this very address bring a code, or is it remembered from before? */
export const codeInLink = CODE.test(query.get("ucc") ?? "");

/* What a link carries, and has to keep on its way to another page. */
const CARRIED = ["productId", "ucc", "celloN"];

/*
 * An address of ours as it has to be where nothing may be kept, for want of a
 * consent: it takes the code along.
 */
export function carried(address) {
	const url = new URL(address, location.href);

	if (!codeInLink || cookie("cello-referral") ||
	    url.origin !== location.origin)
		return address;
	for (const name of CARRIED.filter((n) => query.has(n)))
		url.searchParams.set(name, query.get(name));
	return url.href;
}

/* The same for all links of this page. */
export function carry() {
	for (const link of document.querySelectorAll("a[href]"))
		link.href = carried(link.href);
}

/*
 * What the code in force brings, as endpin says; null: nothing, or nobody can
 * tell.  The server counts the link as followed.
 */
export async function offer() {
	const carried = new URLSearchParams(CARRIED.filter((n) => query.has(n))
	    .map((name) => [name, query.get(name)]));
	const told = await get(`api/referral/offer?${carried}`)
	    .catch(instead(null));
	return told?.valid ? told : null;
}

/* What Cello's script says, or "": it may be blocked, and then never answers. */
async function askCello(command) {
	const late = new Promise((resolve) => setTimeout(resolve, WAIT_MS, ""));
	const told = started.then((yes) =>
	    yes ? window.CelloAttribution(command) : "");
	return Promise.race([told.catch(() => ""), late]);
}

/* Cello's opinion on the code: "" if it has none or is not there. */
export async function codeFromCello() {
	const found = await askCello("getUcc");
	return CODE.test(found ?? "") ? found : "";
}

/*
 * A name out of a URL, made fit to show as text: one line, no control or
 * direction-changing characters, and short.
 */
function presentable(name) {
	if (typeof name !== "string")
		return "";
	const clean = [...name.replace(/[\p{C}\s]+/gu, " ").trim()];
	return clean.length <= NAME_MAX ? clean.join("") :
	    `${clean.slice(0, NAME_MAX - 1).join("").trimEnd()}…`;
}

/* `celloN` is the first name in base64 without padding; "+" may be a space. */
function nameInLink() {
	const packed = (query.get("celloN") ?? "")
	    .replace(/[ -]/g, "+").replace(/_/g, "/");
	try {
		const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		return "";
	}
}

/* The referrer's name, or "".  Show it with textContent only. */
export async function referrerName() {
	return presentable(await askCello("getReferrerName")) ||
	    (codeInLink ? presentable(nameInLink()) : "");
}
