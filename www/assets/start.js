/*
 * How a page comes to life: in parts, of which none takes the others with it.
 *
 * Each page carries the notice #unable, which its style sheet shows by itself
 * when no script has said within some seconds that the page lives: because one
 * was blocked, or because the browser cannot read it.  So what a page cannot do
 * without is imported as usual, and what it can do without by optional().
 */

const root = document.documentElement;

/*
 * A fault of the page or of the browser: never one of endpin or of the network,
 * which have their own words.  Said on the page, and told to the console.
 */
export function confess(error) {
	root.dataset.alive = "in part";
	console.error(error);
}

/* For a listener: `work` of an event, confessing what goes wrong in it. */
export const guarded = (work) => (event) => work(event).catch(confess);

/* Run each of these; one that fails says so, and the others go on. */
export function run(...parts) {
	root.dataset.alive ??= "yes";
	for (const part of parts)
		Promise.resolve().then(part).catch(confess);
}

/*
 * A module that the page can do without: null where it cannot be had.  Names
 * of what has to do with referrals are on the lists of content blockers.
 */
export const optional = (loading) => loading.catch(() => null);
