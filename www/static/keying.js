/* One tap copies a value for another system's form. Without this file the values can be selected. */
(() => {
'use strict';
const said = document.getElementById('da-sao');
/* navigator.clipboard is there on secure pages only, and may be denied; the selection works on all. */
const copy = async (node) => {
	try {
		return await navigator.clipboard.writeText(node.textContent);
	} catch (e) {
		/* By the selection. */
	}
	const range = document.createRange(), selection = getSelection();
	range.selectNodeContents(node);
	selection.removeAllRanges();
	selection.addRange(range);
	if (!document.execCommand('copy'))
		throw new Error('not copied');
};
for (const button of document.querySelectorAll('[data-copy]')) {
	const words = button.firstChild.data;
	button.hidden = false;
	button.addEventListener('click', async () => {
		try {
			await copy(document.getElementById(button.dataset.copy));
		} catch (e) {
			return;
		}
		for (const other of document.querySelectorAll('[data-copy]'))
			other.firstChild.data = words;
		button.firstChild.data = button.dataset.done;
		said.textContent = button.textContent;
	});
}
})();
