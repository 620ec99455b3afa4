/* Cello's referral component, for somebody who is logged in. */

import { get, post } from "./api.js";

/* After this the page stops promising; a late component still appears. */
const BOOT_WAIT_MS = 12_000;

/* In which a page that is being left is gone. */
const LEAVING_MS = 2000;

let booted = false;

async function renewToken() {
	try {
		const fresh = await get("api/cello/token");
		if (fresh.enabled)
			await window.Cello("updateToken", fresh.bootConfig.token);
	} catch {
		/* The component asks again when the token has run out. */
	}
}

/* For "endpin doctor": only a browser knows how it ended. */
function tell(how) {
	post("api/cello/boot", how).catch(() => {});
}

/*
 * What fails because the page is being left, or because the machine slept, is
 * no failure of Cello's.
 */
function tellFailure(error, began) {
	const slept = Date.now() - began > 2 * BOOT_WAIT_MS;

	if (!slept)
		setTimeout(tell, LEAVING_MS,
		    { error: String(error?.message ?? error) });
}

/*
 * Boot the component.  False: sharing is switched off here.  Rejects when
 * Cello, or our token, cannot be had.
 */
export async function boot() {
	const token = await get("api/cello/token");
	if (!token.enabled)
		return false;
	announces = token.announce;

	const began = Date.now();
	const booting = new Promise((resolve, reject) => {
		window.cello ??= { cmd: [] };
		window.cello.cmd.push(async (cello) => {
			try {
				await cello.boot({
					...token.bootConfig,
					/* It would lie on top of what is here: the
					   page has a button of its own. */
					hideDefaultLauncher: true,
					onTokenExpiring: renewToken,
					onTokenExpired: renewToken,
				});
				booted = true;
				resolve();
			} catch (error) {
				reject(error);
			}
		});

		const script = document.createElement("script");
		script.type = "module";
		script.async = true;
		script.src = token.scriptUrl;
		script.addEventListener("error", () =>
		    reject(new Error("cello.js could not be loaded")));
		document.head.append(script);
		setTimeout(reject, BOOT_WAIT_MS, new Error("Cello is too slow"));
	});
	booting.then(() => tell({}), (error) => tellFailure(error, began));
	await booting;
	return true;
}

/* Cello's announcement; whoever has seen it twice in this browser has seen it. */
const ANNOUNCED = "cello-announced";
const ANNOUNCED_MOST = 2;
let announces = false;

/* For a moment at which somebody likes what they have. */
export async function announce() {
	const times = Number(localStorage.getItem(ANNOUNCED) ?? 0);

	if (!announces || times >= ANNOUNCED_MOST)
		return;
	localStorage.setItem(ANNOUNCED, String(times + 1));
	await window.Cello("showAnnouncement");
}

export const open = () => window.Cello("open");

/*
 * The visitor's own link, or "" when there is none to show.  Null: the component
 * is not there, though booting it went well, as where nobody can be paid.
 */
export async function ownLink() {
	const active = await window.Cello("getActiveUcc");
	if (!active?.ucc)
		return null;
	return /^https?:\/\//.test(active.link ?? "") ? active.link : "";
}

/* The text for the button: names the reward if the campaign has one. */
export async function buttonLabel() {
	const labels = await window.Cello("getLabels").catch(() => null);
	const label = labels?.customLauncher;
	return typeof label === "string" ? label.trim() : "";
}

/* Logging out must not wait for, or fail with, somebody else's script. */
export async function shutdown() {
	if (!booted)
		return;
	await Promise.race([
		Promise.resolve(window.Cello("shutdown")).catch(() => {}),
		new Promise((resolve) => setTimeout(resolve, 1000)),
	]);
}
