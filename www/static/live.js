// live.js: a page that shows how things stand looks again by itself. Every part marked data-live is
// taken from the same page fetched anew; what one is just using is left alone. The request says that
// nobody asked for it (X-Tram-Quiet), so it keeps no session open. Without this file one reloads.
'use strict';
(() => {
	const FAST = 5000, SLOW = 20000, FAST_FOR = 120000;
	const started = Date.now();

	const take = (fresh) => {
		for (const part of document.querySelectorAll('[data-live]')) {
			const other = fresh.getElementById(part.id);
			const busy = part.contains(document.activeElement) || part.querySelector('details[open]');
			if (other && !busy && plain(other) !== plain(part)) part.replaceWith(document.adoptNode(other));
		}
	};
	// A form's number is new each time: that alone is no news.
	const plain = (part) => part.outerHTML.replace(/name="form_id" value="[0-9a-f]*"/g, '');

	const look = async () => {
		if (document.visibilityState === 'visible') {
			try {
				const answer = await fetch(location.href, { headers: { 'X-Tram-Quiet': '1' } });
				if (answer.redirected) return;	// locked or logged out: the next tap tells
				if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), 'text/html'));
			} catch {
				// The board is away for a moment: the next look will tell.
			}
		}
		setTimeout(look, Date.now() - started < FAST_FOR ? FAST : SLOW);
	};
	setTimeout(look, FAST);
})();
