/*
 * Native dialogs opened from markup:
 *
 *   <button type="button" data-open-dialog="approve">承認する</button>
 *   <dialog id="approve" aria-labelledby="approve-title"> … <button type="button" data-close-dialog>やめる</button> </dialog>
 *
 * data-open-on-arrival on a dialog opens it when the page (or the part htmx brings) arrives: a form inside it came back
 * with errors. Esc closes, focus returns to the button that opened it; both are the browser's own doing.
 */
(() => {
  "use strict";

  const open = (dialog) => {
    if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
  };

  document.addEventListener("click", (event) => {
    event.target.closest("[data-close-dialog]")?.closest("dialog")?.close();
    const opener = event.target.closest("[data-open-dialog]");
    if (!opener || opener.matches("[aria-disabled=true]")) return;
    event.preventDefault();
    open(document.getElementById(opener.dataset.openDialog));
  });

  const openArrived = (root) => {
    if (root.matches?.("dialog[data-open-on-arrival]")) open(root);
    root.querySelectorAll("dialog[data-open-on-arrival]").forEach(open);
  };

  openArrived(document);
  document.addEventListener("htmx:load", (event) => openArrived(event.detail.elt));
})();
