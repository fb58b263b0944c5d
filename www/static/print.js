/* The slip: printed out of the done page, in a frame of its own, once; or from its own page. */
(() => {
'use strict';
const button = document.getElementById('in'), link = document.querySelector('a[data-print]');
if (button) {
	button.hidden = false;
	button.addEventListener('click', () => print());
}
if (!link)
	return;
let frame;
function printSlip() {
	if (frame)
		frame.remove();
	frame = document.createElement('iframe');
	frame.className = 'vh';
	frame.title = link.textContent.trim();
	frame.tabIndex = -1;
	frame.addEventListener('load', () => {
		frame.contentWindow.focus();
		frame.contentWindow.print();
	});
	frame.src = link.dataset.print;
	document.body.append(frame);
}
link.addEventListener('click', event => {
	event.preventDefault();
	printSlip();
});
let shown = true;
try {
	shown = sessionStorage.getItem('printed') === location.pathname;
	sessionStorage.setItem('printed', location.pathname);
} catch (e) { /* storage is off: the button prints */ }
if ('now' in link.dataset && !shown)
	printSlip();
})();
