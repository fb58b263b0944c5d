// screen.js: the screen looks again every three seconds without blinking, and rings when a number is
// called. Browsers make no sound before somebody touched the page: a button asks for it once. Without
// this file the page loads itself anew (a Refresh header, which the other address does not have).
'use strict';
(() => {
	if (!location.search) {
		location.replace('?tu-dong=1');
		return;
	}
	const EVERY = 3000;
	const button = document.getElementById('chuong');
	let sound, latest = document.getElementById('man-hinh').dataset.latest;

	// Two soft tones, the lower one after the higher.
	const ring = () => {
		if (!sound || sound.state !== 'running') return;
		[[880, 0], [660, 0.35]].forEach(([pitch, after]) => {
			const tone = sound.createOscillator(), volume = sound.createGain(), at = sound.currentTime + after;
			tone.frequency.value = pitch;
			volume.gain.setValueAtTime(0.0001, at);
			volume.gain.exponentialRampToValueAtTime(0.5, at + 0.03);
			volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.9);
			tone.connect(volume).connect(sound.destination);
			tone.start(at);
			tone.stop(at + 1);
		});
	};

	if (window.AudioContext) {
		button.hidden = false;
		button.addEventListener('click', async () => {
			sound = sound || new AudioContext();
			await sound.resume();
			button.hidden = sound.state === 'running';
			ring();
		});
	}

	const look = async () => {
		try {
			const answer = await fetch(location.href, { cache: 'no-store' });
			if (answer.ok) {
				const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
				const fresh = page.getElementById('man-hinh');
				document.getElementById('man-hinh').replaceWith(document.adoptNode(fresh));
				if (fresh.dataset.latest && fresh.dataset.latest !== latest) ring();
				latest = fresh.dataset.latest;
			}
		} catch {
			// The board is away for a moment: the last numbers stay.
		}
		setTimeout(look, EVERY);
	};
	setTimeout(look, EVERY);
})();
